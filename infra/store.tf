locals {
  # Names of buckets are unique in the whole cloud: the project makes it so.
  bucket      = coalesce(var.store.bucket, "${var.name}-${var.region}-${substr(local.project_id, 0, 12)}")
  store_key   = coalesce(var.store.kms_key_id, one(huaweicloud_kms_key.store[*].id))
  lasting_for = { runs = var.store.days.runs, audits = var.store.days.audits, failures = var.store.days.failures, dead-letters = var.store.days.dead_letters }
  # Functions take these away themselves, unless they are killed or the run is gone; nobody needs them longer.
  passing_for = { active = var.store.days.runs, waiting = var.store.days.runs, claims = 1 }
}

resource "huaweicloud_kms_key" "store" {
  count = var.store.kms_key_id == null ? 1 : 0

  key_alias             = "${var.name}-store"
  key_description       = "Encrypts the run store: plans, journals and dead letters hold tag values."
  key_algorithm         = "AES_256"
  key_usage             = "ENCRYPT_DECRYPT"
  rotation_enabled      = true
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags

  lifecycle {
    # It is a key like any other: Tagwarden tags it.
    ignore_changes = [tags]
  }
}

resource "huaweicloud_obs_bucket" "store" {
  bucket                = local.bucket
  acl                   = "private"
  versioning            = true
  encryption            = true
  sse_algorithm         = "kms"
  kms_key_id            = local.store_key
  kms_key_project_id    = local.project_id
  force_destroy         = var.store.force_destroy
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags

  # What every audit writes anew (latest.json, history.jsonl) never gets that old.
  dynamic "lifecycle_rule" {
    for_each = merge(local.lasting_for, local.passing_for)

    content {
      name    = lifecycle_rule.key
      enabled = true
      prefix  = "${lifecycle_rule.key}/"

      expiration {
        days = lifecycle_rule.value
      }

      noncurrent_version_expiration {
        days = var.store.days.old_versions
      }

      abort_incomplete_multipart_upload {
        days = 7
      }
    }
  }
}
