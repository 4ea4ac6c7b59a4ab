locals {
  # CREATION_TRACES of shared/core/trace/creation-trace.ts; a test compares.
  creations = {
    secret-created = {
      kind        = var.traces.secret
      trace_names = ["createSecret", "restoreSecretFromBackupBlob", "restoreSecretFromDeletedStatus"]
    }
    key-created = {
      kind        = var.traces.key
      trace_names = ["createKey", "cancelKeyDeletion"]
    }
  }
  by_cts       = { for name, creation in local.creations : name => creation if var.trigger == "cts" }
  by_eventgrid = { for name, creation in local.creations : name => creation if var.trigger == "eventgrid" }
  by_smn       = { for name, creation in local.creations : name => creation if var.trigger == "smn" }

  # Every pair of service and resource type, as a CTS notification wants them.
  notified = {
    for name, creation in local.creations : name => [
      for pair in setproduct(creation.kind.service_types, creation.kind.resource_types) :
      { service = pair[0], resource = pair[1] }
    ]
  }
}

data "huaweicloud_cts_operations" "this" {}

locals {
  # Only what the creation functions may be about: the whole list has thousands of names.
  cts_operations = [
    for operation in data.huaweicloud_cts_operations.this.operations : operation
    if anytrue([for creation in local.creations : length(setintersection(operation.operation_list, creation.trace_names)) > 0])
  ]
  unknown_operations = flatten([
    for name, creation in local.creations : [
      for trace_name in creation.trace_names : "${name}: ${trace_name}"
      if !anytrue([
        for operation in local.cts_operations :
        contains(creation.kind.service_types, operation.service_type)
        && contains(creation.kind.resource_types, operation.resource_type)
        && contains(operation.operation_list, trace_name)
      ])
    ]
  ])
}

# A warning, no error: the list of CTS is not known to be complete.
check "traces" {
  assert {
    condition     = length(local.unknown_operations) == 0
    error_message = "CTS does not list these under the names in var.traces; compare with the output cts_operations: ${join(", ", local.unknown_operations)}"
  }
}

resource "huaweicloud_fgs_function_trigger" "cts" {
  for_each = local.by_cts

  function_urn = huaweicloud_fgs_function.this[each.key].urn
  type         = "CTS"
  event_data = jsonencode({
    name = "${var.name}-${each.key}"
    operations = [
      for service_type in each.value.kind.service_types :
      join(":", [service_type, join(";", each.value.kind.resource_types), join(";", each.value.trace_names)])
    ]
  })
}

data "huaweicloud_eg_event_channels" "this" {
  count = var.trigger == "eventgrid" ? 1 : 0

  provider_type = "OFFICIAL"
  name          = "default"
}

locals {
  channel_id = one(data.huaweicloud_eg_event_channels.this[*].channels[0].id)
}

# The names of the sources are not established, nor is it that there are any: see var.traces.
resource "huaweicloud_eg_event_subscription" "creation" {
  for_each = local.by_eventgrid

  channel_id = local.channel_id
  name       = "${var.name}-${each.key}"

  sources {
    id            = uuidv5("url", "tagwarden:source:${var.region}:${var.name}-${each.key}")
    provider_type = "OFFICIAL"
    name          = each.value.kind.source
    filter_rule = jsonencode({
      source = [{ op = "StringIn", values = [each.value.kind.source] }]
      data   = { trace_name = [{ op = "StringIn", values = each.value.trace_names }] }
    })
  }

  targets {
    id            = uuidv5("url", "tagwarden:target:${var.region}:${var.name}-${each.key}")
    provider_type = "OFFICIAL"
    name          = "HC.FunctionGraph"
    detail_name   = "detail"
    detail = jsonencode({
      urn         = huaweicloud_fgs_function.this[each.key].urn
      invoke_type = "ASYNC"
      agency_name = var.eventgrid_agency
    })
    transform = jsonencode({ type = "ORIGINAL" })
  }

  lifecycle {
    # The service writes them in words of its own.
    ignore_changes = [sources, targets]
  }
}

resource "huaweicloud_smn_topic" "traces" {
  for_each = local.by_smn

  name                  = "${var.name}-${each.key}"
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags
}

resource "huaweicloud_cts_notification" "this" {
  for_each = local.by_smn

  name           = replace("${var.name}_${each.key}", "-", "_")
  operation_type = "customized"
  smn_topic      = huaweicloud_smn_topic.traces[each.key].topic_urn

  dynamic "operations" {
    for_each = local.notified[each.key]

    content {
      service     = operations.value.service
      resource    = operations.value.resource
      trace_names = each.value.trace_names
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "traces" {
  for_each = local.by_smn

  function_urn = huaweicloud_fgs_function.this[each.key].urn
  type         = "SMN"
  event_data   = jsonencode({ topic_urn = huaweicloud_smn_topic.traces[each.key].topic_urn })
}
