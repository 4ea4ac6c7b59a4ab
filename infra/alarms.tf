resource "huaweicloud_smn_topic" "notices" {
  name                  = "${var.name}-notices"
  display_name          = "Tagwarden"
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags
}

resource "huaweicloud_smn_subscription" "this" {
  for_each = var.subscriptions

  topic_urn = huaweicloud_smn_topic.notices.topic_urn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
  remark    = each.key
}

locals {
  # Metrics of SYS.FunctionGraph (usermanual-functiongraph, Function Monitoring).
  metrics = {
    errors = {
      enabled     = var.alarms.errors
      metric_name = "failcount"
      description = "A function threw: FunctionGraph tries again, then the event is in failures/ of the store. See tagwarden dlq list."
    }
    throttling = {
      enabled     = var.alarms.throttling
      metric_name = "rejectcount"
      description = "FunctionGraph refused calls: more events than instances. Raise creation.max_instances or shorten the grace; the next audit finds what was lost."
    }
  }
}

resource "huaweicloud_ces_alarmrule" "this" {
  for_each = { for name, metric in local.metrics : name => metric if metric.enabled }

  alarm_name            = "${var.name}-${each.key}"
  alarm_description     = each.value.description
  alarm_type            = "MULTI_INSTANCE"
  alarm_enabled         = true
  alarm_action_enabled  = true
  enterprise_project_id = var.enterprise_project_id

  metric {
    namespace = "SYS.FunctionGraph"
  }

  dynamic "resources" {
    for_each = local.functions

    content {
      dimensions {
        name  = "package-functionname"
        value = "default-${huaweicloud_fgs_function.this[resources.key].name}"
      }
    }
  }

  condition {
    metric_name         = each.value.metric_name
    period              = 300
    filter              = "sum"
    comparison_operator = ">"
    value               = 0
    unit                = "Count"
    count               = 1
    suppress_duration   = 3600
    alarm_level         = 2
  }

  alarm_actions {
    type              = "notification"
    notification_list = [huaweicloud_smn_topic.notices.topic_urn]
  }
}

# Whatever comes to rest there needs a person: an event that FunctionGraph gave up on, or a message of retag.
resource "huaweicloud_eg_event_subscription" "dead_letters" {
  count = var.alarms.dead_letters ? 1 : 0

  channel_id = local.channel_id
  name       = "${var.name}-dead-letters"

  sources {
    id            = uuidv5("url", "tagwarden:source:${var.region}:${var.name}-dead-letters")
    provider_type = "OFFICIAL"
    name          = "HC.OBS.DWR"
    filter_rule = jsonencode({
      source = [{ op = "StringIn", values = ["HC.OBS.DWR"] }]
      data = {
        obs = {
          bucket = { name = [{ op = "StringIn", values = [local.bucket] }] }
          object = { key = [{ op = "StringStartsWith", values = ["dead-letters/", "failures/"] }] }
        }
      }
    })
  }

  targets {
    id            = uuidv5("url", "tagwarden:target:${var.region}:${var.name}-dead-letters")
    provider_type = "OFFICIAL"
    name          = "HC.SMN"
    detail_name   = "smn_detail"
    detail = jsonencode({
      urn               = huaweicloud_smn_topic.notices.topic_urn
      agency_name       = var.eventgrid_agency
      subject_transform = { type = "CONSTANT", value = "Tagwarden: a dead letter" }
    })
    transform = jsonencode({
      type  = "CONSTANT"
      value = "Something could not be done and waits in ${local.bucket}: tagwarden dlq list"
    })
  }

  lifecycle {
    ignore_changes = [sources, targets]
  }
}

locals {
  # A line that did not come. Cloud Eye has no data for a function that is never called, so the logs tell.
  missing_lines = {
    secret-created = {
      hours       = var.alarms.silence_hours
      description = "No creation of a secret was seen. Where their count in the last two audits grew meanwhile, the trigger is broken."
    }
    key-created = {
      hours       = var.alarms.silence_hours
      description = "No creation of a key was seen. Where their count in the last two audits grew meanwhile, the trigger is broken."
    }
    audit = {
      hours       = var.alarms.audit_hours
      description = "No audit ran."
    }
  }
}

resource "huaweicloud_lts_keywords_alarm_rule" "missing" {
  for_each = { for name, line in local.missing_lines : name => line if line.hours > 0 && var.alarms.lts_action_rule != null }

  name                   = "${var.name}-no-${each.key}"
  description            = each.value.description
  alarm_level            = "MAJOR"
  send_notifications     = true
  alarm_action_rule_name = var.alarms.lts_action_rule

  keywords_requests {
    # Every line that a function writes names it.
    keywords               = each.key
    condition              = "<"
    number                 = 1
    search_time_range      = each.value.hours
    search_time_range_unit = "hour"
    log_group_id           = huaweicloud_lts_group.this.id
    log_group_name         = huaweicloud_lts_group.this.group_name
    log_stream_id          = huaweicloud_lts_stream.this[each.key].id
    log_stream_name        = huaweicloud_lts_stream.this[each.key].stream_name
  }

  frequency {
    type            = "FIXED_RATE"
    fixed_rate      = 1
    fixed_rate_unit = "hour"
  }
}
