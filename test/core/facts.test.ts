import { expect, test } from "vitest";
import { EVENT_FIELDS, FIELDS, isEventField, RESOURCE_FIELDS } from "../../shared/core/facts.ts";

test("a policy may name what an event knows, what a resource has, and where it is", () => {
  expect(EVENT_FIELDS).toEqual([
    "creator.name",
    "creator.id",
    "creator.type",
    "creator.domain",
    "creator.ip",
    "creator.agent",
    "event.time",
    "event.id",
    "event.type",
  ]);
  expect(RESOURCE_FIELDS).toEqual([
    "resource.name",
    "resource.id",
    "resource.type",
    "resource.state",
    "resource.createdAt",
    "resource.kmsKeyId",
    "resource.secretType",
    "resource.keySpec",
    "resource.enterpriseProject",
  ]);
  expect(FIELDS).toEqual([...EVENT_FIELDS, ...RESOURCE_FIELDS, "region", "project"]);
});

test("only a creation event knows its own fields", () => {
  expect(FIELDS.filter(isEventField)).toEqual([...EVENT_FIELDS]);
});
