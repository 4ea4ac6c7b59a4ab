# One module for each region. Agencies belong to the account, so the module has the region in their names; audits
# can cover several regions from one of them (scopes.yaml beside the policy, audit.projects here), but creations and
# runs cannot.
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
  region = "eu-west-101"
}

provider "huaweicloud" {
  alias  = "singapore"
  region = "ap-southeast-3"
}

locals {
  packages      = "${path.module}/../../../dist"
  subscriptions = { team = { protocol = "email", endpoint = "platform@example.com" } }
}

module "dublin" {
  source = "../.."

  region        = "eu-west-101"
  packages      = local.packages
  audit         = { projects = ["ap-southeast-3"] }
  subscriptions = local.subscriptions
}

module "singapore" {
  source = "../.."

  providers = {
    huaweicloud = huaweicloud.singapore
  }

  region        = "ap-southeast-3"
  packages      = local.packages
  subscriptions = local.subscriptions
}

output "stores" {
  description = "For --store of the command line, by region."
  value = {
    "eu-west-101"    = module.dublin.store
    "ap-southeast-3" = module.singapore.store
  }
}
