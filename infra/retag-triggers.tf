resource "huaweicloud_fgs_function_trigger" "kafka" {
  count = var.retag_triggers.kafka == null ? 0 : 1

  function_urn = huaweicloud_fgs_function.this["retag"].urn
  type         = "KAFKA"
  status       = "ACTIVE"
  event_data = jsonencode(merge(
    {
      instance_id      = var.retag_triggers.kafka.instance_id
      topic_ids        = var.retag_triggers.kafka.topics
      batch_size       = var.retag_triggers.kafka.batch_size
      kafka_ssl_enable = var.retag_triggers.kafka.ssl
    },
    var.retag_triggers.kafka.connect_address == null ? {} : {
      kafka_connect_address = var.retag_triggers.kafka.connect_address
    },
    var.retag_triggers.kafka.user == null ? {} : {
      kafka_user     = var.retag_triggers.kafka.user
      kafka_password = var.trigger_passwords.kafka
    },
  ))

  lifecycle {
    precondition {
      condition     = var.network != null
      error_message = "The Kafka trigger needs network: FunctionGraph reaches the brokers through the function's VPC."
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "rabbitmq" {
  count = var.retag_triggers.rabbitmq == null ? 0 : 1

  function_urn = huaweicloud_fgs_function.this["retag"].urn
  type         = "RABBITMQ"
  status       = "ACTIVE"
  event_data = jsonencode(merge(
    {
      instance_id     = var.retag_triggers.rabbitmq.instance_id
      exchange_name   = var.retag_triggers.rabbitmq.exchange
      vhost           = var.retag_triggers.rabbitmq.vhost
      batch_size      = var.retag_triggers.rabbitmq.batch_size
      ssl_enable      = var.retag_triggers.rabbitmq.ssl
      access_password = var.trigger_passwords.rabbitmq
    },
    var.retag_triggers.rabbitmq.connect_address == null ? {} : {
      connect_address = var.retag_triggers.rabbitmq.connect_address
    },
    var.retag_triggers.rabbitmq.user == null ? {} : {
      access_user = var.retag_triggers.rabbitmq.user
    },
  ))

  lifecycle {
    precondition {
      condition     = var.network != null
      error_message = "The RabbitMQ trigger needs network: FunctionGraph reaches the broker through the function's VPC."
    }
  }
}

# EventGrid reads the topic: the triggers of FunctionGraph for RocketMQ are closed to new users. It needs no
# network of the function; the brokers' security group must let EventGrid in.
resource "huaweicloud_eg_event_stream" "rocketmq" {
  count = var.retag_triggers.rocketmq == null ? 0 : 1

  name   = "${var.name}-retag"
  action = "START"

  source {
    name = "HC.DMS_ROCKETMQ"
    dms_rocketmq = jsonencode(merge(
      {
        instance_id  = var.retag_triggers.rocketmq.instance_id
        group        = var.retag_triggers.rocketmq.group
        topic        = var.retag_triggers.rocketmq.topic
        ssl_enable   = var.retag_triggers.rocketmq.ssl
        enable_acl   = var.retag_triggers.rocketmq.access_key != null
        message_type = "NORMAL"
      },
      var.retag_triggers.rocketmq.access_key == null ? {} : {
        access_key = var.retag_triggers.rocketmq.access_key
        secret_key = var.trigger_passwords.rocketmq
      },
    ))
  }

  sink {
    name = "HC.FunctionGraph"
    functiongraph = jsonencode({
      urn         = huaweicloud_fgs_function.this["retag"].urn
      agency      = var.eventgrid_agency
      invoke_type = "ASYNC"
    })
  }

  rule_config {
    transform {
      type = "ORIGINAL"
    }
  }

  option {
    thread_num = 1

    batch_window {
      count    = var.retag_triggers.rocketmq.batch_size
      interval = 5
    }
  }

  lifecycle {
    # They are not read back.
    ignore_changes = [source, sink]
  }
}

resource "huaweicloud_fgs_function_trigger" "smn" {
  count = var.retag_triggers.smn == null ? 0 : 1

  function_urn = huaweicloud_fgs_function.this["retag"].urn
  type         = "SMN"
  event_data   = jsonencode({ topic_urn = var.retag_triggers.smn.topic_urn })
}

resource "huaweicloud_fgs_function_trigger" "timer" {
  function_urn = huaweicloud_fgs_function.this["audit"].urn
  type         = "TIMER"
  status       = "ACTIVE"
  event_data = jsonencode({
    name          = "${var.name}-audit"
    schedule_type = var.audit.schedule_type
    schedule      = var.audit.schedule
    user_event    = var.audit.formats == null ? "" : jsonencode({ formats = var.audit.formats })
  })
}
