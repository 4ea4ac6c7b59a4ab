data "huaweicloud_identity_projects" "this" {
  name = local.project_name
}

locals {
  project_name = coalesce(var.project_name, var.region)
  project_id   = data.huaweicloud_identity_projects.this.projects[0].id

  # The name of a function is the end of its URN, which retag needs before it exists: its own queue.
  retag_urn = "urn:fss:${var.region}:${local.project_id}:function:default:${var.name}-retag"

  everywhere = {
    HUAWEICLOUD_REGION       = var.region
    HUAWEICLOUD_KMS_ENDPOINT = var.endpoints.kms
    TAGWARDEN_RPS            = tostring(var.rps)
  }
  on_creation = {
    TAGWARDEN_GRACE = var.grace
  }
  on_runs = {
    TAGWARDEN_STORE          = "obs://${huaweicloud_obs_bucket.store.bucket}"
    HUAWEICLOUD_OBS_ENDPOINT = var.endpoints.obs
  }

  # What is in the zips: by this, `tagwarden doctor` names a stale deployment.
  packed = { for name in keys(local.functions) : name => jsondecode(file("${var.packages}/${name}/tagwarden.json")) }

  # What the four functions differ in. No bundle exports an initializer today; a test compares.
  functions = {
    secret-created = {
      description   = "Tags a CSMS secret just after it was created."
      size          = var.creation
      max_instances = var.creation.max_instances
      initializer   = null
      in_vpc        = false
      settings      = merge(local.everywhere, local.on_creation)
    }
    key-created = {
      description   = "Tags a KMS key just after it was created."
      size          = var.creation
      max_instances = var.creation.max_instances
      initializer   = null
      in_vpc        = false
      settings      = merge(local.everywhere, local.on_creation)
    }
    retag = {
      description   = "Carries out bulk retagging that comes through a queue."
      size          = var.retag
      max_instances = 1
      initializer   = null
      in_vpc        = var.network != null
      settings = merge(local.everywhere, local.on_runs, {
        TAGWARDEN_QUEUE          = coalesce(var.retag.queue, "functiongraph:${local.retag_urn}")
        TAGWARDEN_QUEUE_CA       = var.retag.queue_ca
        HUAWEICLOUD_SMN_ENDPOINT = var.endpoints.smn
        HUAWEICLOUD_FGS_ENDPOINT = var.endpoints.functiongraph
      })
    }
    audit = {
      description   = "Audits the tags of every secret and key."
      size          = var.audit
      max_instances = 1
      initializer   = null
      in_vpc        = false
      settings = merge(local.everywhere, local.on_runs, {
        TAGWARDEN_TOPIC          = huaweicloud_smn_topic.notices.topic_urn
        TAGWARDEN_REMEDIATE      = var.audit.remediate
        HUAWEICLOUD_SMN_ENDPOINT = var.endpoints.smn
      })
    }
  }

  # Read by context.getUserData like any other setting, and encrypted at rest.
  encrypted_settings = {
    TAGWARDEN_QUEUE_USER     = try(var.queue_login.user, null)
    TAGWARDEN_QUEUE_PASSWORD = try(var.queue_login.password, null)
  }
}

resource "huaweicloud_fgs_function" "this" {
  for_each = local.functions

  name                  = "${var.name}-${each.key}"
  app                   = "default"
  description           = "Tagwarden ${local.packed[each.key].version}, policy ${substr(local.packed[each.key].policyHash, 0, 12)}. ${each.value.description}"
  functiongraph_version = "v2"
  runtime               = "Node.js20.15"
  handler               = "index.handler"
  initializer_handler   = each.value.initializer
  initializer_timeout   = each.value.initializer == null ? null : 10
  memory_size           = each.value.size.memory_size
  timeout               = each.value.size.timeout
  max_instance_num      = var.paused ? "0" : tostring(each.value.max_instances)
  code_type             = "zip"
  code_filename         = "${each.key}.zip"
  func_code             = filebase64("${var.packages}/${each.key}.zip")
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags

  # The platform works with the one (network, triggers, logs, failures), the code with the other.
  agency     = huaweicloud_identity_agency.platform.name
  app_agency = huaweicloud_identity_agency.this[each.key].name

  user_data = jsonencode({ for name, value in each.value.settings : name => value if value != null })
  encrypted_user_data = (each.key == "retag" && nonsensitive(var.queue_login != null)
    ? jsonencode(local.encrypted_settings)
  : null)

  vpc_id     = each.value.in_vpc ? var.network.vpc_id : null
  network_id = each.value.in_vpc ? var.network.subnet_id : null

  enable_lts_log  = true
  log_group_id    = huaweicloud_lts_group.this.id
  log_group_name  = huaweicloud_lts_group.this.group_name
  log_stream_id   = huaweicloud_lts_stream.this[each.key].id
  log_stream_name = huaweicloud_lts_stream.this[each.key].stream_name

  # Rights first: a function that is called before it may read is a failed event.
  depends_on = [huaweicloud_identityv5_policy_agency_attach.this, huaweicloud_identityv5_policy_agency_attach.platform]
}

resource "huaweicloud_fgs_async_invoke_configuration" "this" {
  for_each = local.functions

  function_urn                   = huaweicloud_fgs_function.this[each.key].urn
  max_async_retry_attempts       = var.async.retries
  max_async_event_age_in_seconds = var.async.max_age
  enable_async_status_log        = var.async.status_logs

  # `tagwarden dlq` finds them there, beside the dead letters of retag.
  on_failure {
    destination = "OBS"
    param = jsonencode({
      bucket  = huaweicloud_obs_bucket.store.bucket
      prefix  = "failures/"
      expires = var.store.days.failures
    })
  }
}

resource "huaweicloud_lts_group" "this" {
  group_name            = var.name
  ttl_in_days           = var.log_days
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags
}

resource "huaweicloud_lts_stream" "this" {
  for_each = local.functions

  group_id              = huaweicloud_lts_group.this.id
  stream_name           = "${var.name}-${each.key}"
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags
}
