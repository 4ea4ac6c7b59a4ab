output "functions" {
  description = "URN of each function, by name."
  value       = { for name, function in huaweicloud_fgs_function.this : name => function.urn }
}

output "agencies" {
  description = "Agency of each function, by name, and the platform's."
  value = merge(
    { for name, agency in huaweicloud_identity_agency.this : name => agency.name },
    { platform = huaweicloud_identity_agency.platform.name },
  )
}

output "store" {
  description = "The run store, as TAGWARDEN_STORE and --store take it."
  value       = "obs://${huaweicloud_obs_bucket.store.bucket}"
}

output "queue" {
  description = "Queue of retag, as TAGWARDEN_QUEUE and --queue take it."
  value       = coalesce(var.retag.queue, "functiongraph:${local.retag_urn}")
}

output "topic" {
  description = "SMN topic of alarms and of the summaries of audits."
  value       = huaweicloud_smn_topic.notices.topic_urn
}

output "log_group" {
  description = "Log group with one stream for each function."
  value       = huaweicloud_lts_group.this.id
}

output "cts_operations" {
  description = "What CTS lists in this region that looks like our creations: the names that var.traces should have."
  value       = local.cts_operations
}

output "nat_address" {
  description = "Public address of retag in a VPC, where the module built the way out."
  value       = one(huaweicloud_vpc_eip.nat[*].address)
}

output "shell" {
  description = "What the command line needs to find all this, as lines for a shell: eval \"$(terraform output -raw shell)\"."
  value = join("\n", [
    for name, value in {
      HUAWEICLOUD_REGION         = var.region
      HUAWEICLOUD_SDK_PROJECT_ID = local.project_id
      HUAWEICLOUD_KMS_ENDPOINT   = var.endpoints.kms
      HUAWEICLOUD_OBS_ENDPOINT   = var.endpoints.obs
      HUAWEICLOUD_SMN_ENDPOINT   = var.endpoints.smn
      HUAWEICLOUD_FGS_ENDPOINT   = var.endpoints.functiongraph
      TAGWARDEN_STORE            = "obs://${huaweicloud_obs_bucket.store.bucket}"
      TAGWARDEN_QUEUE            = coalesce(var.retag.queue, "functiongraph:${local.retag_urn}")
      TAGWARDEN_TOPIC            = huaweicloud_smn_topic.notices.topic_urn
    } : "export ${name}='${value}'" if value != null
  ])
}
