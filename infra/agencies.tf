# One agency for each function: its code may do what permissions.json says, and nothing else. One more for the
# platform, whose rights the code never sees.
locals {
  generation  = { roles = "role", identity-policy = "policy" }[var.iam]
  permissions = jsondecode(file("${var.packages}/permissions.json"))

  # What each function may do, split by where it holds: a custom policy of version 1.1 is for one project or for
  # global services, and OBS is one of these. What a function may do with buckets, it may do with the store's.
  allowed = {
    for name in keys(local.functions) : name => {
      project = concat(
        [
          for statement in local.permissions[name][local.generation].Statement :
          merge(statement, { Action = [for action in statement.Action : action if !startswith(action, "obs:")] })
          if !alltrue([for action in statement.Action : startswith(action, "obs:")])
        ],
        contains(["retag", "audit"], name) ? [local.store_key_statement] : [],
      )
      global = [
        for statement in local.permissions[name][local.generation].Statement :
        merge(statement, {
          Action   = [for action in statement.Action : action if startswith(action, "obs:")]
          Resource = local.store_resources
        })
        if anytrue([for action in statement.Action : startswith(action, "obs:")])
      ]
    }
  }

  # The two generations write resources and the use of a key in words of their own.
  store_resources = {
    role   = ["OBS:*:*:bucket:${local.bucket}", "OBS:*:*:object:${local.bucket}/*"]
    policy = ["obs:*:*:bucket:${local.bucket}", "obs:*:*:object:${local.bucket}/*"]
  }[local.generation]
  failure_resources = {
    role   = ["OBS:*:*:bucket:${local.bucket}", "OBS:*:*:object:${local.bucket}/failures/*"]
    policy = ["obs:*:*:bucket:${local.bucket}", "obs:*:*:object:${local.bucket}/failures/*"]
  }[local.generation]

  # A bucket that KMS encrypts asks for the use of its key, too.
  store_key_statement = {
    Effect = "Allow"
    Action = {
      role   = ["kms:cmk:get", "kms:dek:create", "kms:dek:decrypt"]
      policy = ["kms:cmk:get", "kms:cmk:createDataKey", "kms:cmk:decryptDataKey"]
    }[local.generation]
    Resource = { role = ["KMS:*:*:KeyId:${local.store_key}"], policy = ["kms:*:*:KeyId:${local.store_key}"] }[local.generation]
  }

  # What FunctionGraph itself does for the functions: network (actions of its FAQ 03_0857), brokers, logs, the
  # failure destination. The names of version 5.0 are the same here.
  allowed_platform = {
    global = [{
      Effect = "Allow"
      Action = {
        role   = ["obs:object:PutObject", "obs:bucket:HeadBucket"]
        policy = ["obs:object:putObject", "obs:bucket:headBucket"]
      }[local.generation]
      Resource = local.failure_resources
    }]
    project = concat(
      [
        local.store_key_statement,
        {
          Effect = "Allow"
          Action = ["lts:groups:list", "lts:groups:get", "lts:topics:list", "lts:topics:get", "lts:logs:create"]
        },
      ],
      var.network == null ? [] : [{
        Effect = "Allow"
        Action = ["vpc:vpcs:get", "vpc:subnets:get", "vpc:ports:get", "vpc:ports:create", "vpc:ports:delete"]
      }],
      var.retag_triggers.kafka == null && var.retag_triggers.rabbitmq == null ? [] : [{
        Effect = "Allow"
        Action = ["dms:instance:get", "dms:instance:list"]
      }],
    )
  }

  platform_roles = concat(
    var.iam == "roles" ? [huaweicloud_identity_role.this["platform-project"].name] : [],
    var.platform_roles,
  )

  by_agency = merge(local.allowed, { platform = local.allowed_platform })

  # A role of version 1.1 holds in the projects that it is given for; a policy of version 5.0 in all.
  projects_of = {
    for name in keys(local.functions) : name => toset(concat([local.project_name], name == "audit" ? var.audit.projects : []))
  }

  roles = merge([
    for name, parts in local.by_agency : {
      for part, statements in parts : "${name}-${part}" => {
        agency     = name
        type       = { project = "XA", global = "AX" }[part]
        statements = statements
      }
      if var.iam == "roles" && length(statements) > 0
    }
  ]...)

  policies = {
    for name, parts in local.by_agency : name => concat(parts.project, parts.global) if var.iam == "identity-policy"
  }
}

resource "huaweicloud_identity_role" "this" {
  for_each = local.roles

  name        = "${var.name}-${var.region}-${each.key}"
  description = "Tagwarden: what ${each.value.agency} may do."
  type        = each.value.type
  policy      = jsonencode({ Version = "1.1", Statement = each.value.statements })
}

resource "huaweicloud_identity_agency" "this" {
  for_each = local.functions

  name        = "${var.name}-${var.region}-${each.key}"
  description = "Tagwarden: the function ${each.key}."
  # Not in the provider's documents, which name delegated_domain_name; but what is read back of a service
  # stands in this one, and the other would change with every plan.
  delegated_service_name = "op_svc_cff"
  duration               = "FOREVER"

  dynamic "project_role" {
    for_each = contains(keys(local.roles), "${each.key}-project") ? local.projects_of[each.key] : []

    content {
      project = project_role.value
      roles   = [huaweicloud_identity_role.this["${each.key}-project"].name]
    }
  }

  all_resources_roles = contains(keys(local.roles), "${each.key}-global") ? [huaweicloud_identity_role.this["${each.key}-global"].name] : null
}

resource "huaweicloud_identity_agency" "platform" {
  name                   = "${var.name}-${var.region}-platform"
  description            = "Tagwarden: what FunctionGraph does for the functions."
  delegated_service_name = "op_svc_cff"
  duration               = "FOREVER"

  dynamic "project_role" {
    for_each = length(local.platform_roles) > 0 ? [1] : []

    content {
      project = local.project_name
      roles   = local.platform_roles
    }
  }

  all_resources_roles = var.iam == "roles" ? [huaweicloud_identity_role.this["platform-global"].name] : null
}

resource "huaweicloud_identityv5_policy" "this" {
  for_each = local.policies

  name            = "${var.name}-${var.region}-${each.key}"
  description     = "Tagwarden: what ${each.key} may do."
  policy_document = jsonencode({ Version = "5.0", Statement = each.value })
}

resource "huaweicloud_identityv5_policy_agency_attach" "this" {
  for_each = { for name, function in local.functions : name => function if var.iam == "identity-policy" }

  policy_id = huaweicloud_identityv5_policy.this[each.key].id
  agency_id = huaweicloud_identity_agency.this[each.key].id
}

resource "huaweicloud_identityv5_policy_agency_attach" "platform" {
  count = var.iam == "identity-policy" ? 1 : 0

  policy_id = huaweicloud_identityv5_policy.this["platform"].id
  agency_id = huaweicloud_identity_agency.platform.id
}
