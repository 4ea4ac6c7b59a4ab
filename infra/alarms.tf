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

locals {
  # Words of the log lines: what must not be there, and what must. `missed` and `deadLetters` stand in a line only
  # where they count something (describe() of shared/io/function.ts; a test compares).
  log_lines = {
    missed-creations = {
      enabled     = var.alarms.silence
      stream      = "audit"
      keywords    = "missed"
      condition   = ">="
      hours       = 1
      description = "Silence: secrets or keys were created since the last audit, and no creation function tagged them. The trigger is broken, or events were lost."
    }
    dead-letters = {
      enabled     = var.alarms.dead_letters
      stream      = "retag"
      keywords    = "deadLetters"
      condition   = ">="
      hours       = 1
      description = "Messages could not be done and wait in dead-letters/ of the store: tagwarden dlq list."
    }
    no-audit = {
      enabled = var.alarms.audit_hours > 0
      stream  = "audit"
      # Every line that a function writes names it.
      keywords    = "audit"
      condition   = "<"
      hours       = var.alarms.audit_hours
      description = "No audit ran."
    }
  }
}

# Cloud Eye knows neither what a line says nor what is never called: the logs tell.
resource "huaweicloud_lts_keywords_alarm_rule" "this" {
  for_each = { for name, line in local.log_lines : name => line if line.enabled && var.alarms.lts_action_rule != null }

  name                   = "${var.name}-${each.key}"
  description            = each.value.description
  alarm_level            = "MAJOR"
  send_notifications     = true
  alarm_action_rule_name = var.alarms.lts_action_rule

  keywords_requests {
    keywords               = each.value.keywords
    condition              = each.value.condition
    number                 = 1
    search_time_range      = each.value.hours
    search_time_range_unit = "hour"
    log_group_id           = huaweicloud_lts_group.this.id
    log_group_name         = huaweicloud_lts_group.this.group_name
    log_stream_id          = huaweicloud_lts_stream.this[each.value.stream].id
    log_stream_name        = huaweicloud_lts_stream.this[each.value.stream].stream_name
  }

  # Twice in the shortest time that is searched: a line that comes late is found all the same.
  frequency {
    type            = "FIXED_RATE"
    fixed_rate      = 30
    fixed_rate_unit = "minute"
  }
}
