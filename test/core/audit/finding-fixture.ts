import type { UnsignedFinding } from "../../../shared/core/audit/record.ts";

/** A finding with something in each of its columns, unless the test says otherwise. */
export function finding(about: Partial<UnsignedFinding> = {}): UnsignedFinding {
  return {
    rule_id: "Env.required",
    severity: "high",
    status: "fail",
    reason: "missing",
    resource_type: "secret",
    resource_id: "id-1",
    resource_name: "app",
    region: "eu-west-101",
    project_id: "p1",
    enterprise_project: "0",
    state: "ENABLED",
    created_at: "2026-01-01T00:00:00.000Z",
    creator: "ann",
    tag_key: "Env",
    actual: "a",
    expected: "Env with a value",
    suggestion: "b",
    fixable: true,
    fix_action: "create Env",
    exemption_id: "1",
    exemption_expires: "2027-03-31",
    first_seen: "2027-01-01T00:00:00.000Z",
    last_seen: "2027-01-02T00:00:00.000Z",
    tags_count: 3,
    tag_limit: 20,
    policy_hash: "hash",
    ...about,
  };
}
