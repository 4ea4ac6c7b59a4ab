terraform {
  required_version = ">= 1.5.0"

  required_providers {
    huaweicloud = {
      source  = "huaweicloud/huaweicloud"
      version = ">= 1.97.1, < 2.0.0"
    }
  }
}

provider "huaweicloud" {
  region = var.region
}

variable "region" {
  description = "Region to deploy to."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the brokers."
  type        = string
}

variable "subnet_id" {
  description = "Subnet of the brokers, without a way to the Internet: the module builds one for retag."
  type        = string
}

variable "kafka" {
  description = "The Kafka instance, the topics of messages for retag, and a user of it."
  type = object({
    instance_id = string
    brokers     = string
    topic       = string
    user        = string
  })
}

variable "kafka_password" {
  description = "Password of that user."
  type        = string
  sensitive   = true
}

variable "rabbitmq_instance_id" {
  description = "A RabbitMQ instance with an exchange named tagwarden."
  type        = string
}

variable "rabbitmq_password" {
  description = "Password of its user."
  type        = string
  sensitive   = true
}

variable "rocketmq_instance_id" {
  description = "A RocketMQ instance with a topic and a consumer group named tagwarden."
  type        = string
}

variable "requests_topic_urn" {
  description = "An SMN topic of messages for retag."
  type        = string
}

variable "lts_action_rule" {
  description = "An alarm action rule of LTS, which says whom it notifies."
  type        = string
}

module "tagwarden" {
  source = "../.."

  region                = var.region
  project_name          = var.region
  packages              = "${path.module}/../../../dist"
  name                  = "tagwarden"
  enterprise_project_id = "0"
  tags                  = { Owner = "platform@example.com" }
  iam                   = "identity-policy"
  platform_roles        = ["LTS Administrator"]

  trigger = "smn"
  traces = {
    key    = { service_types = ["KMS"], resource_types = ["cmk"] }
    secret = { service_types = ["CSMS", "DEW"], resource_types = ["secret", "csms"] }
  }
  eventgrid_agency = "EG_TARGET_AGENCY"

  paused    = false
  grace     = "30s"
  rps       = 18
  endpoints = { kms = "https://kms.${var.region}.myhuaweicloud.com" }

  creation = { memory_size = 128, timeout = 180, max_instances = 60 }
  audit    = { schedule_type = "Cron", schedule = "0 0 3 * * ?", formats = ["html", "csv"], remediate = "plan" }
  retag = {
    memory_size = 256
    timeout     = 1800
    queue       = "kafka://${var.kafka.brokers}/${var.kafka.topic}?tls=1&sasl=scram-sha-512"
  }
  queue_login = { user = var.kafka.user, password = var.kafka_password }

  network = {
    vpc_id    = var.vpc_id
    subnet_id = var.subnet_id
    nat       = {}
  }
  retag_triggers = {
    kafka    = { instance_id = var.kafka.instance_id, topics = [var.kafka.topic], user = var.kafka.user, ssl = true }
    rabbitmq = { instance_id = var.rabbitmq_instance_id, exchange = "tagwarden", user = "tagwarden" }
    rocketmq = { instance_id = var.rocketmq_instance_id, topic = "tagwarden", group = "tagwarden" }
    smn      = { topic_urn = var.requests_topic_urn }
  }
  trigger_passwords = { kafka = var.kafka_password, rabbitmq = var.rabbitmq_password }

  store    = { days = { runs = 730 } }
  async    = { retries = 3, max_age = 43200 }
  log_days = 90

  subscriptions = {
    team    = { protocol = "email", endpoint = "platform@example.com" }
    on-call = { protocol = "https", endpoint = "https://alerts.example.com/huaweicloud" }
  }
  alarms = { lts_action_rule = var.lts_action_rule }
}

output "tagwarden" {
  description = "All that the command line and the operators want to know."
  value = {
    functions = module.tagwarden.functions
    agencies  = module.tagwarden.agencies
    store     = module.tagwarden.store
    queue     = module.tagwarden.queue
    topic     = module.tagwarden.topic
    log_group = module.tagwarden.log_group
    address   = module.tagwarden.nat_address
  }
}
