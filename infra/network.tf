# The way out of the VPC for retag: KMS, CSMS, OBS, SMN and FunctionGraph have public endpoints. Whether a VPC
# endpoint exists for each of them depends on the region, so the module builds what works in all of them.
locals {
  nat = try(var.network.nat, null)
}

resource "huaweicloud_vpc_eip" "nat" {
  count = local.nat == null ? 0 : 1

  name                  = "${var.name}-retag"
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags

  publicip {
    type = local.nat.eip_type
  }

  bandwidth {
    name        = "${var.name}-retag"
    share_type  = "PER"
    size        = local.nat.bandwidth_size
    charge_mode = "traffic"
  }
}

resource "huaweicloud_nat_gateway" "this" {
  count = local.nat == null ? 0 : 1

  name                  = "${var.name}-retag"
  description           = "The way of the function retag to KMS, CSMS and OBS."
  spec                  = local.nat.spec
  vpc_id                = var.network.vpc_id
  subnet_id             = var.network.subnet_id
  enterprise_project_id = var.enterprise_project_id
  tags                  = var.tags
}

resource "huaweicloud_nat_snat_rule" "this" {
  count = local.nat == null ? 0 : 1

  nat_gateway_id = huaweicloud_nat_gateway.this[0].id
  floating_ip_id = huaweicloud_vpc_eip.nat[0].id
  subnet_id      = var.network.subnet_id
}
