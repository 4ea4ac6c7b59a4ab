/**
 * Goal: the permissions that a policy gives each function's agency are enough, and none is one too many.
 * Method: the built functions on the local cloud, which enforces documents of IAM and notes what was made use
 * of; then the same with one action less at a time.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ANY_DEPLOYMENT,
  demandsOf,
  FUNCTION_NAMES,
  type FunctionName,
} from "../shared/core/permission/demand.ts";
import {
  documentsOf,
  type Generation,
  type IamDocument,
  permissionsOf,
} from "../shared/core/permission/document.ts";
import type { Policy } from "../shared/core/policy/policy.ts";
import { createClient } from "./cloud/client.ts";
import { constant, from, policy, rule, source } from "./core/plan/builders.ts";
import { readTestPolicy } from "./functions/stage.ts";
import { SCENARIOS } from "./permission/scenarios.ts";
import { DEPLOYMENT, openPermissionStage, type PermissionStage } from "./permission/stage.ts";

const BUILT = new URL("../.local", import.meta.url).pathname;
const GENERATIONS: readonly Generation[] = ["role", "policy"];
const example: Policy = JSON.parse(readFileSync(join(BUILT, "retag", "policy.json"), "utf8"));

let stage: PermissionStage;
beforeEach(async () => {
  stage = await openPermissionStage(example);
});
afterEach(() => stage.close());

function documentOf(name: FunctionName, about: Policy, generation: Generation): IamDocument {
  return documentsOf(demandsOf(name, about, DEPLOYMENT), DEPLOYMENT)[generation];
}

const actionsOf = ({ Statement }: IamDocument) =>
  Statement.flatMap(({ Effect, Action }) => (Effect === "Allow" ? Action : []));

function without(action: string, document: IamDocument): IamDocument {
  const Statement = document.Statement.map((statement) =>
    statement.Effect === "Deny"
      ? statement
      : { ...statement, Action: statement.Action.filter((one) => one !== action) },
  );
  return { ...document, Statement };
}

/** Runs every scenario under a document; answers with what each made use of. */
async function useAll(name: FunctionName, about: Policy, document: IamDocument) {
  const used: { readonly scenario: string; readonly actions: readonly string[] }[] = [];
  for (const scenario of SCENARIOS[name]) {
    stage.allow(name, document);
    expect([scenario.about, await scenario.run(stage, about)]).toEqual([scenario.about, "well"]);
    used.push({ scenario: scenario.about, actions: stage.cloud.actionsUsed(name) });
  }
  return used;
}

/** Policies by what a creation function has to read for them. */
const POLICIES: readonly (readonly [about: string, policy: () => Promise<Policy>])[] = [
  ["the example", async () => example],
  ["names and creators", () => readTestPolicy("outcomes")],
  ["the key's tags and the resource's state", () => readTestPolicy("reading")],
  [
    "nothing that is not in the event",
    async () => policy({ tags: [rule("A", { sources: [from("creator.name")] })] }),
  ],
  [
    "a constant before all else",
    async () => policy({ tags: [rule("A", { sources: [constant("x"), from("resource.state")] })] }),
  ],
  [
    "nothing that creation writes",
    async () => policy({ tags: [rule("A"), rule("B", { prohibited: true })] }),
  ],
  [
    "the key's tags only",
    async () =>
      policy({
        tags: [rule("CostCenter", { sources: [source({ kind: "inherit", of: "kmsKey" })] })],
      }),
  ],
];

const CASES = FUNCTION_NAMES.flatMap((name) =>
  (name.endsWith("-created") ? POLICIES : POLICIES.slice(0, 1)).flatMap(([about, read], index) =>
    GENERATIONS.slice(0, index === 0 ? 2 : 1).map((generation) => ({
      name,
      about,
      read,
      generation,
    })),
  ),
);

describe.each(CASES)("$name under a policy of $about, as $generation", (it) => {
  test("uses each of its actions, needs each of them, and no other", async () => {
    const about = await it.read();
    const document = documentOf(it.name, about, it.generation);
    const used = await useAll(it.name, about, document);
    const granted = [...new Set(actionsOf(document))].sort();
    expect([...new Set(used.flatMap(({ actions }) => actions))].sort()).toEqual(granted);

    for (const action of granted) {
      const user = used.find(({ actions }) => actions.includes(action));
      const scenario = SCENARIOS[it.name].find(({ about: name }) => name === user?.scenario);
      stage.allow(it.name, without(action, document));
      expect([action, await scenario?.run(stage, about)]).not.toEqual([action, "well"]);
    }
  });
});

test("a tag that the policy does not name is refused to every agency of IAM 5, and only to those", async () => {
  const secret = stage.cloud.addSecret({ name: "theirs", tags: { Theirs: "1" } });
  for (const name of ["secret-created", "retag", "audit"] as const)
    for (const generation of GENERATIONS) {
      stage.allow(name, documentOf(name, example, generation));
      const client = createClient(stage.cloud, stage.cloud.agency(name));
      const status = async (key: string) =>
        (await client.tag("secret", secret.id, { [key]: "x" })).status;
      expect([await status("Owner"), await status("Mine")]).toEqual([
        204,
        generation === "policy" ? 403 : 204,
      ]);
      await client.close();
    }
});

test("who edits tags of other names leaves the condition out", () => {
  const deployment = { ...DEPLOYMENT, anyKey: true };
  const documents = permissionsOf(example, deployment);
  expect(JSON.stringify(documents.retag)).not.toContain("Deny");
  expect(JSON.stringify(documents["secret-created"])).toContain("Deny");
});

test("what is limited to a prefix of a bucket and to a function reaches no other", async () => {
  stage.allow("retag", documentOf("retag", example, "role"));
  const [scenario] = SCENARIOS.retag;
  stage.cloud.objects.createBucket("other");
  const settings = { TAGWARDEN_STORE: "obs://other/here" };
  const { id } = stage.cloud.addKey({ name: "k" });
  const message = { kind: "job", version: 1, selection: { ids: [id] } };
  expect(await stage.invoke("retag", message, { settings })).toContain("denied");
  expect(await scenario?.run(stage, example)).toBe("well");
});

test("the build writes the permissions of its policy, without a placeholder", () => {
  const text = readFileSync(join(BUILT, "permissions.json"), "utf8");
  expect(JSON.parse(text)).toEqual(permissionsOf(example, ANY_DEPLOYMENT));
  expect(text).not.toMatch(/[<>$]|Resource/);
});

test("actions of OBS, whose roles are global, share no statement with others", () => {
  for (const { role, policy: identity } of Object.values(permissionsOf(example, ANY_DEPLOYMENT)))
    for (const { Action } of [...role.Statement, ...identity.Statement])
      expect(new Set(Action.map((action) => action.startsWith("obs:"))).size).toBe(1);
});
