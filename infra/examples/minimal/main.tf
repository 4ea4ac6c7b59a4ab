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

variable "email" {
  description = "Who gets alarms and the summaries of audits."
  type        = string
}

module "tagwarden" {
  source = "../.."

  region   = var.region
  packages = "${path.module}/../../../dist"

  subscriptions = {
    team = { protocol = "email", endpoint = var.email }
  }
}

output "shell" {
  description = "Settings of the command line."
  value       = module.tagwarden.shell
}

output "cts_operations" {
  description = "What CTS calls our creations in this region."
  value       = module.tagwarden.cts_operations
}
