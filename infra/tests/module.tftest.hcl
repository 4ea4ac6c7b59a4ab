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

run "minimal" {
  command = apply
}
