import { expect } from "vitest";
import type { LocalCloud } from "../cloud/index.ts";

/** Every operation of a service answered some request with success. */
export function expectAnswers(cloud: LocalCloud, service: string): void {
  const answered = new Set(
    cloud.seen
      .filter((request) => request.service === service && request.status < 300)
      .map(({ operation }) => operation),
  );
  const all = cloud.operations.filter((operation) => operation.service === service);
  expect(all.length).toBeGreaterThan(0);
  expect([...answered].sort()).toEqual(all.map(({ name }) => name).sort());
}
