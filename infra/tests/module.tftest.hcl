# `terraform test` evaluates the whole module with a provider that makes up what the cloud would answer: no
# account is needed. Build the functions first.
mock_provider "huaweicloud" {
  mock_data "huaweicloud_identity_projects" {
    defaults = {
      projects = [{ id = "0123456789abcdef0123456789abcdef", name = "eu-west-101", enabled = true }]
    }
  }

  mock_data "huaweicloud_cts_operations" {
    defaults = {
      operations = [
        { service_type = "KMS", resource_type = "cmk", operation_list = ["createKey", "cancelKeyDeletion", "deleteKey"] },
        { service_type = "CSMS", resource_type = "secret", operation_list = ["createSecret", "restoreSecretFromBackupBlob", "restoreSecretFromDeletedStatus"] },
        { service_type = "ECS", resource_type = "ecs", operation_list = ["createServer"] },
      ]
    }
  }

  mock_data "huaweicloud_eg_event_channels" {
    defaults = {
      channels = [{ id = "f1d2d2f9-24e9-4a5f-8c4a-6a1d2c3b4e5f", name = "default", provider_type = "OFFICIAL" }]
    }
  }
}

variables {
  region   = "eu-west-101"
  packages = "../dist"
}

run "by_default" {
  assert {
    condition     = toset(keys(huaweicloud_fgs_function.this)) == toset(["audit", "key-created", "retag", "secret-created"])
    error_message = "There are four functions."
  }

  assert {
    condition     = huaweicloud_fgs_function.this["retag"].max_instance_num == "1"
    error_message = "Two instances of retag would share the permitted rate."
  }

  assert {
    condition     = alltrue([for function in huaweicloud_fgs_function.this : function.runtime == "Node.js20.15" && function.vpc_id == null && function.encrypted_user_data == null])
    error_message = "No function is in a VPC or has encrypted settings."
  }

  assert {
    condition = jsondecode(huaweicloud_fgs_function.this["retag"].user_data) == {
      HUAWEICLOUD_REGION = "eu-west-101"
      TAGWARDEN_RPS      = "18"
      TAGWARDEN_STORE    = "obs://tagwarden-eu-west-101-0123456789ab"
      TAGWARDEN_QUEUE    = "functiongraph:urn:fss:eu-west-101:0123456789abcdef0123456789abcdef:function:default:tagwarden-retag"
    }
    error_message = "retag is its own queue and has the store; settings that are not set are not there."
  }

  assert {
    condition     = jsondecode(huaweicloud_fgs_function.this["key-created"].user_data) == { HUAWEICLOUD_REGION = "eu-west-101", TAGWARDEN_RPS = "18" }
    error_message = "A creation function has no store and no queue."
  }

  assert {
    condition = alltrue([
      for policy in huaweicloud_fgs_async_invoke_configuration.this :
      policy.on_failure[0].destination == "OBS" && jsondecode(policy.on_failure[0].param).prefix == "failures/"
    ])
    error_message = "Every function has a failure destination where dlq looks."
  }

  assert {
    condition     = jsondecode(huaweicloud_fgs_function_trigger.cts["secret-created"].event_data).operations == ["CSMS:secret:createSecret;restoreSecretFromBackupBlob;restoreSecretFromDeletedStatus"]
    error_message = "The CTS trigger names the service, the resource type and the traces."
  }

  assert {
    condition     = jsondecode(huaweicloud_fgs_function_trigger.timer.event_data).schedule == "1d"
    error_message = "The audit has a timer."
  }

  assert {
    condition     = huaweicloud_obs_bucket.store.acl == "private" && huaweicloud_obs_bucket.store.versioning && huaweicloud_obs_bucket.store.encryption
    error_message = "The store is private, versioned and encrypted."
  }

  assert {
    condition     = toset([for rule in huaweicloud_obs_bucket.store.lifecycle_rule : rule.prefix]) == toset(["runs/", "audits/", "failures/", "dead-letters/", "active/", "waiting/", "claims/"])
    error_message = "Everything in the store has an end."
  }

  assert {
    condition     = huaweicloud_identity_role.this["retag-global"].type == "AX" && huaweicloud_identity_role.this["retag-project"].type == "XA"
    error_message = "What retag may do with buckets is a role of its own."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(huaweicloud_identity_role.this["retag-global"].policy).Statement :
      statement.Resource == ["OBS:*:*:bucket:tagwarden-eu-west-101-0123456789ab", "OBS:*:*:object:tagwarden-eu-west-101-0123456789ab/*"]
    ])
    error_message = "retag reaches no bucket but the store."
  }

  assert {
    condition     = !contains(keys(huaweicloud_identity_role.this), "key-created-global") && length(huaweicloud_identity_agency.this) == 4
    error_message = "One agency for each function, and no bucket for those that tag new resources."
  }

  assert {
    condition     = toset(keys(huaweicloud_ces_alarmrule.this)) == toset(["errors", "throttling"]) && length(huaweicloud_lts_keywords_alarm_rule.this) == 0
    error_message = "Errors and throttling alarm by themselves; log lines only where LTS knows whom to notify."
  }
}

run "described" {
  assert {
    condition = output.shell == join("\n", [
      "export HUAWEICLOUD_REGION='eu-west-101'",
      "export HUAWEICLOUD_SDK_PROJECT_ID='0123456789abcdef0123456789abcdef'",
      "export TAGWARDEN_QUEUE='${output.queue}'",
      "export TAGWARDEN_STORE='${output.store}'",
      "export TAGWARDEN_TOPIC='${output.topic}'",
    ])
    error_message = "A shell can be told all that the command line needs."
  }

  assert {
    condition = alltrue([
      for name, function in huaweicloud_fgs_function.this :
      can(regex("^Tagwarden [0-9]+\\.[0-9]+\\.[0-9]+, policy [0-9a-f]{12}\\. [A-Z]", function.description))
    ])
    error_message = "A function says which version and which policy it is."
  }
}

run "everything" {
  variables {
    name                  = "tags"
    enterprise_project_id = "0"
    tags                  = { Owner = "platform@example.com" }
    iam                   = "identity-policy"
    platform_roles        = ["LTS Administrator"]
    trigger               = "smn"
    grace                 = "5s"
    endpoints             = { kms = "https://kms.example.com", obs = "https://obs.example.com", smn = "https://smn.example.com", functiongraph = "https://fgs.example.com" }
    retag                 = { queue = "kafka://10.0.0.1:9093/tags?tls=1&sasl=scram-sha-512", queue_ca = "PEM" }
    queue_login           = { user = "tags", password = "secret" }
    network               = { vpc_id = "vpc", subnet_id = "subnet", nat = {} }
    retag_triggers = {
      kafka    = { instance_id = "k", topics = ["tags"], user = "tags", connect_address = "10.0.0.1:9093", ssl = true }
      rabbitmq = { instance_id = "r", exchange = "tags", user = "tags", connect_address = "10.0.0.2:5671" }
      rocketmq = { instance_id = "m", topic = "tags", group = "tags", access_key = "tags" }
      smn      = { topic_urn = "urn:smn:eu-west-101:0123456789abcdef0123456789abcdef:tags" }
    }
    trigger_passwords = { kafka = "secret", rabbitmq = "secret", rocketmq = "secret" }
    audit             = { schedule_type = "Cron", schedule = "0 0 3 * * ?", formats = ["html"], remediate = "plan" }
    store             = { bucket = "our-tags", kms_key_id = "0d0466b0-e727-4d9c-b35d-f84bb474a37f", days = { runs = 7 } }
    subscriptions     = { team = { protocol = "email", endpoint = "platform@example.com" } }
    alarms            = { lts_action_rule = "team" }
  }

  assert {
    condition     = huaweicloud_fgs_function.this["retag"].vpc_id == "vpc" && huaweicloud_fgs_function.this["audit"].vpc_id == null
    error_message = "Only retag is in the VPC."
  }

  assert {
    condition     = length(huaweicloud_nat_snat_rule.this) == 1 && huaweicloud_nat_snat_rule.this[0].subnet_id == "subnet"
    error_message = "retag has a way out of its subnet."
  }

  assert {
    condition     = nonsensitive(jsondecode(huaweicloud_fgs_function.this["retag"].encrypted_user_data)) == { TAGWARDEN_QUEUE_USER = "tags", TAGWARDEN_QUEUE_PASSWORD = "secret" }
    error_message = "The login of the queue is encrypted."
  }

  assert {
    condition     = !strcontains(huaweicloud_fgs_function.this["retag"].user_data, "secret")
    error_message = "No password is among the plain settings."
  }

  assert {
    condition     = nonsensitive(jsondecode(huaweicloud_fgs_function_trigger.kafka[0].event_data).kafka_user) == "tags" && nonsensitive(jsondecode(huaweicloud_fgs_function_trigger.rabbitmq[0].event_data).access_password) == "secret"
    error_message = "The triggers log in."
  }

  assert {
    condition     = jsondecode(huaweicloud_fgs_function_trigger.timer.event_data).user_event == "{\"formats\":[\"html\"]}"
    error_message = "The timer carries the options of the audit."
  }

  assert {
    condition     = toset(keys(huaweicloud_cts_notification.this)) == toset(["key-created", "secret-created"]) && length(huaweicloud_fgs_function_trigger.cts) == 0
    error_message = "The traces come through SMN, and only so."
  }

  assert {
    condition     = length(huaweicloud_identity_role.this) == 0 && length(huaweicloud_identityv5_policy_agency_attach.this) == 4 && length(huaweicloud_identity_agency.this["audit"].project_role) == 0
    error_message = "Agencies have identity policies, and no roles."
  }

  assert {
    condition     = alltrue([for grant in huaweicloud_identity_agency.platform.project_role : grant.roles == toset(["LTS Administrator"])])
    error_message = "The platform has the roles that it is given."
  }

  assert {
    condition     = strcontains(huaweicloud_identityv5_policy.this["platform"].policy_document, "vpc:ports:create") && strcontains(huaweicloud_identityv5_policy.this["audit"].policy_document, "obs:*:*:object:our-tags/*")
    error_message = "The platform may use the network, and audit the store."
  }

  assert {
    condition     = length(huaweicloud_kms_key.store) == 0 && huaweicloud_obs_bucket.store.kms_key_id == "0d0466b0-e727-4d9c-b35d-f84bb474a37f"
    error_message = "A key that is given encrypts the store."
  }

  assert {
    condition     = toset(keys(huaweicloud_lts_keywords_alarm_rule.this)) == toset(["dead-letters", "missed-creations", "no-audit"])
    error_message = "Silence, missing audits and dead letters alarm."
  }

  assert {
    condition     = output.queue == "kafka://10.0.0.1:9093/tags?tls=1&sasl=scram-sha-512" && output.store == "obs://our-tags"
    error_message = "The command line is told store and queue."
  }
}

run "several_projects" {
  variables {
    audit = { projects = ["ap-southeast-3"] }
  }

  assert {
    condition = (
      toset(huaweicloud_identity_agency.this["audit"].project_role[*].project) == toset(["eu-west-101", "ap-southeast-3"])
      && toset(huaweicloud_identity_agency.this["retag"].project_role[*].project) == toset(["eu-west-101"])
    )
    error_message = "The audit, and only that, may reach the projects that its scopes name."
  }
}

run "eventgrid" {
  variables {
    trigger = "eventgrid"
  }

  assert {
    condition = alltrue([
      for subscription in huaweicloud_eg_event_subscription.creation :
      alltrue([for target in subscription.targets : target.name == "HC.FunctionGraph"])
    ])
    error_message = "EventGrid calls the functions."
  }

  assert {
    condition     = length(huaweicloud_fgs_function_trigger.cts) + length(huaweicloud_fgs_function_trigger.traces) == 0
    error_message = "No event comes twice."
  }
}

run "paused" {
  command = plan

  variables {
    paused = true
  }

  assert {
    condition     = alltrue([for function in huaweicloud_fgs_function.this : function.max_instance_num == "0"])
    error_message = "No function runs."
  }
}

run "unknown_operations" {
  variables {
    traces = { secret = { service_types = ["DEW"] } }
  }

  expect_failures = [check.traces]
}

run "brokers_without_a_network" {
  command = plan

  variables {
    retag_triggers = {
      kafka    = { instance_id = "k", topics = ["tags"] }
      rabbitmq = { instance_id = "r", exchange = "tags" }
    }
    trigger_passwords = { rabbitmq = "secret" }
  }

  expect_failures = [huaweicloud_fgs_function_trigger.kafka, huaweicloud_fgs_function_trigger.rabbitmq]
}

run "wrong_values" {
  command = plan

  variables {
    region         = "Dublin"
    name           = "Tag_Warden"
    iam            = "v5"
    trigger        = "obs"
    traces         = { key = { service_types = [] } }
    grace          = "soon"
    rps            = 0
    endpoints      = { kms = "http://kms.example.com" }
    creation       = { timeout = 5 }
    retag          = { timeout = 5, queue = "amqp://10.0.0.1" }
    retag_triggers = { kafka = { instance_id = "k", topics = ["tags"], batch_size = 0 } }
    audit          = { timeout = 5, schedule = "90m", remediate = "yes", formats = ["pdf"] }
    store          = { bucket = "Our.Tags", days = { runs = 0 } }
    async          = { retries = 4 }
    log_days       = 0
    alarms         = { audit_hours = 48 }
  }

  expect_failures = [
    var.region, var.name, var.iam, var.trigger, var.traces, var.grace, var.rps, var.endpoints, var.creation, var.retag,
    var.retag_triggers, var.audit, var.store, var.async, var.log_days, var.alarms,
  ]
}
