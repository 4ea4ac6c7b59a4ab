import type { LocalCloud } from "../cloud/index.ts";
import { openAuditStage } from "../functions/audit-stage.ts";
import { order, runMessage } from "../functions/retag-orders.ts";
import { openRetagStage } from "../functions/retag-stage.ts";
import { openStage } from "../functions/stage.ts";
import type { Trouble, Uses } from "./trouble.ts";

const HOUR_MS = 60 * 60 * 1000;

/** How each use ends in one trouble, in a few words. */
export const ENDINGS: { readonly [Name in Uses]: (trouble: Trouble) => Promise<string> } = {
  creation: endCreation,
  bulk: endBulk,
  audit: endAudit,
};

function strike(cloud: LocalCloud, trouble: Trouble, resource: string): void {
  const { fault, times = 1, onWrite, meanwhile } = trouble;
  const operation = onWrite === true ? { operation: "BatchCreateOrDeleteTags" } : {};
  if (fault !== undefined) cloud.addFault({ ...operation, resource, times, fault });
  meanwhile?.(cloud, resource);
}

/** A secret is created, and everything that concerns it is struck. */
async function endCreation(trouble: Trouble): Promise<string> {
  const stage = await openStage();
  try {
    const id = await stage.alice.createSecret("prod-db");
    const event = stage.eventFor(id);
    // Old enough that a resource that is not found is gone, unless it appears.
    if (trouble.times === Number.POSITIVE_INFINITY) stage.clock.advance(HOUR_MS);
    strike(stage.cloud, trouble, id);
    if (trouble.twice === true) await stage.run("secret", event);
    const { outcomes, thrown, requests } = await stage.run("secret", event);
    const [outcome] = outcomes;
    return words([`\`${outcome?.kind}\``, calls(requests), thrown === null ? undefined : "throws"]);
  } finally {
    await stage.close();
  }
}

/** A run of three secrets, of which one is struck; the other two are always tagged. */
async function endBulk(trouble: Trouble): Promise<string> {
  const stage = await openRetagStage();
  try {
    const [hit = "", ...others] = ["a", "b", "c"].map(
      (name) => stage.cloud.addSecret({ name, tags: { Owner: "anne" } }).id,
    );
    await order(stage);
    strike(stage.cloud, trouble, hit);
    if (trouble.twice === true) await stage.run(runMessage());
    const { outcomes, again, thrown } = await stage.run(runMessage());
    const kindOf = (id: string | undefined) =>
      outcomes.find(({ resource }) => resource?.id === id)?.kind;
    // Nothing is asked about single resources any more: the outcome is that of the message.
    const [whole] = outcomes.filter(({ resource }) => resource === undefined);
    if (whole !== undefined) return `\`${whole.kind}\``;
    for (const id of others)
      if (kindOf(id) !== "tagged") throw new Error(`${trouble.name}: another is ${kindOf(id)}`);
    const letters = await stage.deadLetters();
    return words([
      `\`${kindOf(hit)}\``,
      again.length > 0 ? "comes back" : undefined,
      letters.length > 0 ? "dead letter" : undefined,
      thrown === null ? undefined : "throws",
    ]);
  } finally {
    await stage.close();
  }
}

/** An audit of three secrets, whose pages are struck. */
async function endAudit(trouble: Trouble): Promise<string> {
  const stage = await openAuditStage();
  try {
    for (const name of ["a", "b", "c"]) stage.cloud.addSecret({ name, tags: { Owner: "anne" } });
    const { times = 1, fault } = trouble;
    if (fault !== undefined)
      stage.cloud.addFault({ operation: "ListResourceInstances", times, fault });
    const { thrown } = await stage.audit();
    const report = await stage.latest().catch(() => null);
    if (report === null) return words(["no report", "throws"]);
    const { examined, errors } = report.types.secret;
    return words([
      report.complete ? "complete" : "incomplete, and says so",
      report.complete ? undefined : `${examined} of 3 examined`,
      errors === 0 ? undefined : `${errors} error${errors === 1 ? "" : "s"}`,
      thrown === null ? undefined : "throws",
    ]);
  } finally {
    await stage.close();
  }
}

const calls = (count: number) => `${count} call${count === 1 ? "" : "s"}`;

function words(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(", ");
}
