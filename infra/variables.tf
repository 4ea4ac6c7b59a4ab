variable "region" {
  description = "Region of everything that this module creates, the same as the provider's. One module for each region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,}(-[a-z0-9]+)+$", var.region))
    error_message = "region must look like eu-west-101."
  }
}

variable "packages" {
  description = "Folder that `npm run build` wrote: the zips, and permissions.json."
  type        = string
}

variable "name" {
  description = "Begins the name of everything that this module creates. Agencies and policies have the region in their names, too."
  type        = string
  default     = "tagwarden"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 20
    error_message = "name must have at most 20 lower-case letters, digits and single hyphens, and begin with a letter."
  }
}

variable "project_name" {
  description = "Name of the project, where it is not the region's own. Other projects of a region: one module each, with another name."
  type        = string
  default     = null
}

variable "enterprise_project_id" {
  description = "Enterprise project of the functions, the bucket, its key, the logs and the topics."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of what this module creates, where it can have some."
  type        = map(string)
  default     = {}
}

variable "iam" {
  description = "Generation of IAM: roles (custom policies, version 1.1) or identity-policy (version 5.0)."
  type        = string
  default     = "roles"

  validation {
    condition     = contains(["roles", "identity-policy"], var.iam)
    error_message = "iam must be roles or identity-policy."
  }
}

variable "platform_roles" {
  description = "Roles that the platform's agency has beside its own, such as LTS Administrator, where FunctionGraph asks for more in your region than its documents do."
  type        = list(string)
  default     = []
}

variable "trigger" {
  description = "How the traces of creations come: cts (a CTS trigger), eventgrid (a subscription of EventGrid), or smn (a CTS notification through a topic)."
  type        = string
  default     = "cts"

  validation {
    condition     = contains(["cts", "eventgrid", "smn"], var.trigger)
    error_message = "trigger must be cts, eventgrid or smn."
  }
}

variable "traces" {
  description = "What CTS and EventGrid call KMS keys and CSMS secrets. The documents do not print service_type, and know two resource types of secrets: compare with the output cts_operations."
  type = object({
    key = optional(object({
      service_types  = optional(list(string), ["KMS"])
      resource_types = optional(list(string), ["cmk"])
      source         = optional(string, "HC.KMS")
    }), {})
    secret = optional(object({
      service_types  = optional(list(string), ["CSMS"])
      resource_types = optional(list(string), ["secret"])
      source         = optional(string, "HC.CSMS")
    }), {})
  })
  default = {}

  validation {
    condition = alltrue([for kind in [var.traces.key, var.traces.secret] :
      length(kind.service_types) > 0 && length(kind.service_types) <= 10 && length(kind.resource_types) > 0
    ])
    error_message = "traces needs one to ten service types and a resource type of each kind."
  }
}

variable "eventgrid_agency" {
  description = "Agency by which EventGrid calls functions, for trigger = eventgrid and RocketMQ."
  type        = string
  default     = "EG_TARGET_AGENCY"
}

variable "grace" {
  description = "How long a creation waits for the creator's own tags, in the place of the policy's guards.grace."
  type        = string
  default     = null

  validation {
    condition     = var.grace == null || can(regex("^[0-9]+(ms|s|m)$", var.grace))
    error_message = "grace must be a duration such as 30s, 500ms or 2m."
  }
}

variable "rps" {
  description = "Most requests a second of one function to KMS and CSMS, which allow 20 to each user."
  type        = number
  default     = 18

  validation {
    condition     = var.rps >= 1 && var.rps <= 1000
    error_message = "rps must be from 1 to 1000."
  }
}

variable "endpoints" {
  description = "Other endpoints than the region's own: origins with https."
  type = object({
    kms           = optional(string)
    obs           = optional(string)
    smn           = optional(string)
    functiongraph = optional(string)
  })
  default = {}

  validation {
    condition     = alltrue([for origin in values(var.endpoints) : origin == null || can(regex("^https://[^/?#@]+$", origin))])
    error_message = "endpoints must be https:// origins without a path."
  }
}

variable "paused" {
  description = "Stops all four functions: no instance of them may run. Events of that time are lost to them, and the next audit finds what they were about."
  type        = bool
  default     = false
}

variable "creation" {
  description = "Size of secret-created and key-created. The timeout must be longer than the longest grace, with a minute for the work; max_instances is the burst that can wait at once."
  type = object({
    memory_size   = optional(number, 128)
    timeout       = optional(number, 180)
    max_instances = optional(number, 40)
  })
  default = {}

  validation {
    condition     = var.creation.timeout >= 30 && var.creation.timeout <= 900 && var.creation.max_instances >= 1 && var.creation.max_instances <= 1000
    error_message = "creation takes a timeout from 30 to 900 seconds and 1 to 1000 instances."
  }
}

variable "retag" {
  description = "Size of retag and its queue. queue takes the place of functiongraph:<its own URN>. There is always one instance: two would share the permitted rate."
  type = object({
    memory_size = optional(number, 256)
    timeout     = optional(number, 900)
    queue       = optional(string)
    queue_ca    = optional(string)
  })
  default = {}

  validation {
    condition     = var.retag.timeout >= 60 && var.retag.timeout <= 43200
    error_message = "retag takes a timeout from 60 to 43200 seconds."
  }

  validation {
    condition     = var.retag.queue == null || can(regex("^(functiongraph:urn:fss:|smn:urn:smn:|kafka://)", var.retag.queue))
    error_message = "retag.queue must be functiongraph:<urn>, smn:<urn> or kafka://host:port/topic."
  }
}

variable "queue_login" {
  description = "User and password of a Kafka with SASL that retag.queue names. They become encrypted user data."
  type = object({
    user     = string
    password = string
  })
  default   = null
  sensitive = true
}

variable "retag_triggers" {
  description = "Where else messages for retag come from: each that is set becomes a trigger. Kafka and RabbitMQ need network."
  type = object({
    kafka = optional(object({
      instance_id     = string
      topics          = list(string)
      batch_size      = optional(number, 20)
      user            = optional(string)
      connect_address = optional(string)
      ssl             = optional(bool, false)
    }))
    rabbitmq = optional(object({
      instance_id     = string
      exchange        = string
      vhost           = optional(string, "/")
      batch_size      = optional(number, 20)
      user            = optional(string)
      connect_address = optional(string)
      ssl             = optional(bool, false)
    }))
    rocketmq = optional(object({
      instance_id = string
      topic       = string
      group       = string
      batch_size  = optional(number, 20)
      access_key  = optional(string)
      ssl         = optional(bool, false)
    }))
    smn = optional(object({
      topic_urn = string
    }))
  })
  default = {}

  validation {
    condition = alltrue([
      for queue in [var.retag_triggers.kafka, var.retag_triggers.rabbitmq, var.retag_triggers.rocketmq] :
      try(queue.batch_size >= 1 && queue.batch_size <= 1000, true)
    ])
    error_message = "A batch_size is from 1 to 1000."
  }
}

variable "trigger_passwords" {
  description = "Passwords of the users that retag_triggers names; of RocketMQ the secret key."
  type = object({
    kafka    = optional(string)
    rabbitmq = optional(string)
    rocketmq = optional(string)
  })
  default   = {}
  sensitive = true
}

variable "network" {
  description = "VPC and subnet of retag, for brokers there. A function in a VPC has no way to the Internet, nor to KMS and OBS: nat builds one (gateway, address, rule); without it the subnet must have one."
  type = object({
    vpc_id    = string
    subnet_id = string
    nat = optional(object({
      spec           = optional(string, "1")
      bandwidth_size = optional(number, 5)
      eip_type       = optional(string, "5_bgp")
    }))
  })
  default = null
}

variable "audit" {
  description = "Size and timer of audit: schedule_type Rate (6h, 1d) or Cron (seconds first). formats are the outputs beside the JSON, all where it is null. projects: names of the other projects, such as those of other regions, that scopes.yaml beside the policy covers."
  type = object({
    memory_size   = optional(number, 256)
    timeout       = optional(number, 900)
    schedule_type = optional(string, "Rate")
    schedule      = optional(string, "1d")
    formats       = optional(list(string))
    remediate     = optional(string, "off")
    projects      = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = var.audit.timeout >= 60 && var.audit.timeout <= 43200
    error_message = "audit takes a timeout from 60 to 43200 seconds."
  }

  validation {
    condition = (var.audit.schedule_type == "Rate"
      ? can(regex("^([1-9]|[1-5][0-9]|60)m$|^([1-9]|1[0-9]|2[0-4])h$|^([1-9]|[12][0-9]|30)d$", var.audit.schedule))
    : var.audit.schedule_type == "Cron")
    error_message = "audit.schedule_type must be Cron, or Rate with a schedule such as 30m, 6h or 1d."
  }

  validation {
    condition     = contains(["off", "plan", "apply"], var.audit.remediate)
    error_message = "audit.remediate must be off, plan or apply."
  }

  validation {
    condition     = alltrue([for format in coalesce(var.audit.formats, []) : contains(["json", "csv", "html", "md", "sarif", "junit"], format)])
    error_message = "audit.formats knows json, csv, html, md, sarif and junit."
  }
}

variable "store" {
  description = "The run store: a bucket, by default named after name, region and project, and the key that encrypts it, by default one of its own. Days after which plans and journals (which undo needs), audits, failed events and dead letters, and replaced versions go."
  type = object({
    bucket     = optional(string)
    kms_key_id = optional(string)
    days = optional(object({
      runs         = optional(number, 365)
      audits       = optional(number, 730)
      failures     = optional(number, 90)
      dead_letters = optional(number, 365)
      old_versions = optional(number, 30)
    }), {})
    force_destroy = optional(bool, false)
  })
  default = {}

  validation {
    condition     = var.store.bucket == null || can(regex("^[a-z0-9](-?[a-z0-9]){2,62}$", var.store.bucket))
    error_message = "store.bucket must have 3 to 63 lower-case letters, digits and single hyphens, no dots."
  }

  validation {
    condition     = alltrue([for days in values(var.store.days) : days >= 1])
    error_message = "store.days are one or more."
  }
}

variable "async" {
  description = "What FunctionGraph does with an event that a function did not get done: how often it tries again, and for how long, before the event goes to failures/ in the store."
  type = object({
    retries     = optional(number, 3)
    max_age     = optional(number, 21600)
    status_logs = optional(bool, true)
  })
  default = {}

  validation {
    condition     = contains([0, 1, 2, 3], var.async.retries) && var.async.max_age >= 1 && var.async.max_age <= 86400
    error_message = "async takes 0 to 3 retries and a max_age from 1 to 86400 seconds."
  }
}

variable "log_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = var.log_days >= 1 && var.log_days <= 365
    error_message = "log_days is from 1 to 365."
  }
}

variable "subscriptions" {
  description = "Who gets alarms and the summaries of audits, by a name of your choice: protocol email, sms, https, functionstage and so on."
  type = map(object({
    protocol = string
    endpoint = string
  }))
  default = {}
}

variable "alarms" {
  description = "Alarms. errors and throttling: Cloud Eye on the functions' metrics. dead_letters, silence (creations that nobody tagged) and audit_hours (0: off, for audits that are rarer): words in log lines, which needs lts_action_rule, the name of an alarm action rule of LTS."
  type = object({
    errors          = optional(bool, true)
    throttling      = optional(bool, true)
    dead_letters    = optional(bool, true)
    silence         = optional(bool, true)
    audit_hours     = optional(number, 24)
    lts_action_rule = optional(string)
  })
  default = {}

  validation {
    condition     = var.alarms.audit_hours >= 0 && var.alarms.audit_hours <= 24
    error_message = "alarms.audit_hours is from 0 (off) to 24, the most that LTS looks back."
  }
}
