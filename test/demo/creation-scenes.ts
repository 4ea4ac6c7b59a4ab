import type { Scene } from "./scene.ts";

// Two rows of infra/policy/owners.csv, and an enterprise project that is not in it.
const PAYMENTS = "0f5b2a4e-7f0c-4f5e-9c1d-3f2a6b8c9d10";
const ANALYTICS = "7c1e9d52-4b8a-4d3f-8e6a-5a9b0c2d4e6f";
const UNLISTED = "5d0c7b1a-92e4-4c36-a8f7-1b6e3d9f2c48";

/** Who creates what, in this order. What comes of it is up to the policy. */
export const CREATION_SCENES: readonly Scene[] = [
  {
    by: "alice",
    creation: { do: "create-secret", name: "prod-db-password" },
    repeated: true,
  },
  {
    by: "carol",
    creation: { do: "create-key", name: "prod-payments", enterpriseProject: PAYMENTS },
    next: { afterMs: 0, deeds: [{ do: "tag", tags: { CostCenter: "CC-4711" } }] },
    note: "carol sets a cost center herself, before the function looks",
  },
  {
    by: "dave",
    creation: {
      do: "create-secret",
      name: "prod-payments-api",
      key: "prod-payments",
      enterpriseProject: PAYMENTS,
    },
    note: "encrypted by the key prod-payments",
  },
  {
    by: "ci-deploy",
    agent: "HashiCorp Terraform/1.13.0 terraform-provider-huaweicloud",
    creation: {
      do: "create-secret",
      name: "test-checkout",
      enterpriseProject: ANALYTICS,
    },
    next: {
      afterMs: 300,
      deeds: [{ do: "tag", tags: { Owner: "shop@example.com", Environment: "test" } }],
    },
    note: "Terraform sets tags of its own a moment later, within the grace",
  },
  {
    by: "erin",
    creation: { do: "create-key", name: "dev-sandbox" },
    next: {
      afterMs: 0,
      deeds: [{ do: "tag", tags: { Owner: "erin@example.com", Team: "search" } }],
    },
    note: "erin sets an owner herself, and a tag of her team",
  },
  {
    by: "bob",
    creation: { do: "create-key", name: "dev-mail" },
    next: { afterMs: 0, deeds: [{ do: "tag", tags: { owner: "bob@example.com" } }] },
    note: "bob sets an owner too, but spells the key his own way",
  },
  {
    by: "judy@example.com",
    creation: { do: "create-secret", name: "qa-search", enterpriseProject: UNLISTED },
    note: "created in an enterprise project that is not in owners.csv",
  },
  {
    by: "ci+payment&billing=eu-de",
    agent: "huaweicloud-usdk-python/3.0",
    creation: { do: "create-key", name: "dev-signing", spec: "RSA_3072" },
    note: "the name of its creator has characters that no key's tag may have",
  },
  {
    by: "max",
    creation: {
      do: "restore-secret",
      name: "test-ledger",
      tags: { Owner: "ledger@example.com", CreatedBy: "olga" },
    },
    note: "restored with the tags it had; who restores it did not create it",
  },
  {
    by: "heidi",
    creation: { do: "create-key", name: "tmp-hsm", origin: "external" },
    note: "waits for its key material and can be tagged all the same",
  },
  {
    by: "ken",
    creation: { do: "create-key", name: "dev-mistake" },
    next: { afterMs: 0, deeds: [{ do: "delete" }] },
    note: "scheduled for deletion at once: cannot be tagged",
  },
  {
    by: "mallory",
    creation: { do: "create-secret", name: "prod-db-password" },
    refused: true,
    note: "the name is taken: the call failed, so there is nothing new",
  },
];
