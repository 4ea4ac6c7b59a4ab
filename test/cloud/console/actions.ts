import * as z from "zod";
import { CloudError } from "../../../shared/core/error.ts";
import { isResourceId, isSecretName, RESOURCE_KINDS } from "../../../shared/core/resource.ts";
import { QueueError } from "../../../shared/io/queue/queue.ts";
import { RunError } from "../../../shared/io/run/run-store.ts";
import { StoreError } from "../../../shared/io/store/store.ts";
import { startAudit } from "./auditing.ts";
import type { Desk } from "./desk.ts";
import { problemOf } from "./refusal-words.ts";
import { applyPlan, planRetag, planUndo } from "./retagging.ts";
import type { Refused } from "./view.ts";

/** What an action came to: what the page gets, or why nothing was done. */
export type Acted =
  | { readonly ok: true; readonly body: object }
  | { readonly ok: false; readonly refused: Refused };

type Action = (body: unknown, desk: Desk) => Promise<Acted>;

/** Names of users as traces show them: anything that can be read. */
const PERSON = /^[\p{L}\p{N}\p{P}\p{S}](?:[\p{L}\p{N}\p{P}\p{S} ]{0,62}[\p{L}\p{N}\p{P}\p{S}])?$/u;
const ALIAS = /^[\w:/-]{1,255}$/;

const type = z.enum(["secret", "key"]);
const tag = z.object({ key: z.string(), value: z.string() });
const createSchema = z.object({
  name: z.string(),
  person: z.string(),
  tags: z.array(tag),
  /** Id of the key that encrypts a secret; empty: the default key. */
  key: z.string().optional(),
});
const tagSchema = z.object({ type, id: z.string(), person: z.string(), ...tag.shape });
const untagSchema = tagSchema.omit({ value: true });
const applySchema = z.object({ plan: z.string(), raised: z.boolean() });
const undoSchema = z.object({ run: z.string() });

/** All that the page may ask for, by path. */
export const ACTIONS: { readonly [path: string]: Action } = {
  "/secrets": action(createSchema, createSecret),
  "/keys": action(createSchema, createKey),
  "/tag": action(tagSchema, setTag),
  "/untag": action(untagSchema, removeTag),
  "/plan": action(z.object({}), async (_asked, desk) => done(await planRetag(desk))),
  "/undo": action(undoSchema, async ({ run }, desk) => done(await planUndo(run, desk))),
  "/apply": action(applySchema, apply),
  "/audit": action(z.object({}), async (_asked, desk) => {
    const problem = await startAudit(desk);
    return problem === null ? done({}) : refuse(problem);
  }),
};

function action<Schema extends z.ZodType>(
  schema: Schema,
  act: (asked: z.output<Schema>, desk: Desk) => Promise<Acted>,
): Action {
  return async (body, desk) => {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return refuse("The request is not one of this page's.");
    try {
      return await act(parsed.data, desk);
    } catch (error) {
      if (isExpected(error)) return refuse(error.message);
      throw error;
    }
  };
}

/** What a healthy program may come to; anything else is a defect, and is shown as one. */
function isExpected(error: unknown): error is Error {
  return [CloudError, RunError, StoreError, QueueError].some((kind) => error instanceof kind);
}

function done(body: object): Acted {
  return { ok: true, body };
}

function refuse(problem: string, field?: string): Acted {
  return { ok: false, refused: field === undefined ? { problem } : { problem, field } };
}

type Creation = z.output<typeof createSchema>;

async function createSecret(asked: Creation, desk: Desk): Promise<Acted> {
  if (!isSecretName(asked.name))
    return refuse(
      'The name of a secret has 1 to 64 letters, digits, "-", "_" or ".", such as prod-db.',
      "name",
    );
  return create(asked, desk, "secret", `/v1/${desk.cloud.project}/secrets`, {
    name: asked.name,
    secret_string: "not a real secret",
    ...(asked.key ? { kms_key_id: asked.key } : {}),
  });
}

async function createKey(asked: Creation, desk: Desk): Promise<Acted> {
  if (!ALIAS.test(asked.name) || asked.name.endsWith("/default"))
    return refuse(
      'The alias of a key has 1 to 255 letters, digits, "-", "_", ":" or "/", and does not end in /default.',
      "name",
    );
  const path = `${RESOURCE_KINDS.key.basePath(desk.cloud.project)}/create-key`;
  return create(asked, desk, "key", path, { key_alias: asked.name });
}

const createdSchema = z.union([
  z.object({ secret: z.object({ id: z.string() }) }).transform(({ secret }) => secret.id),
  z
    .object({ key_info: z.object({ key_id: z.string() }) })
    .transform((made) => made.key_info.key_id),
]);

/** Creates it, and tags it in a second call, as every creator has to. */
async function create(
  { name, person, tags }: Creation,
  desk: Desk,
  kind: "secret" | "key",
  path: string,
  body: object,
): Promise<Acted> {
  if (!PERSON.test(person)) return refuse("Say who creates it, such as alice.", "person");
  const client = desk.as(person);
  const answer = await client.call("POST", path, body);
  if (answer.status >= 300) return refuse(problemOf(answer), "name");
  const id = createdSchema.parse(answer.body);
  if (tags.length === 0) return done({ id });
  const values = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  const tagged = await client.tag(kind, id, values);
  if (tagged.status < 300) return done({ id });
  return refuse(`${name} was created, but not its tags. ${problemOf(tagged)}`, "tags");
}

async function setTag(asked: z.output<typeof tagSchema>, desk: Desk): Promise<Acted> {
  const { person, id, key, value } = asked;
  if (!PERSON.test(person)) return refuse("Say who does it, such as alice.", "person");
  if (key.trim() === "") return refuse("A tag needs a key, such as Owner.", "key");
  if (!isResourceId(id)) return refuse("There is no such resource.");
  const answer = await desk.as(person).tag(asked.type, id, { [key]: value });
  return answer.status < 300 ? done({}) : refuse(problemOf(answer), "value");
}

async function removeTag(asked: z.output<typeof untagSchema>, desk: Desk): Promise<Acted> {
  const { person, id, key } = asked;
  if (!PERSON.test(person)) return refuse("Say who does it, such as alice.", "person");
  if (!isResourceId(id)) return refuse("There is no such resource.");
  const path = `${RESOURCE_KINDS[asked.type].basePath(desk.cloud.project)}/${id}/tags/action`;
  const body = { action: "delete", tags: [{ key }] };
  const answer = await desk.as(person).call("POST", path, body);
  return answer.status < 300 ? done({}) : refuse(problemOf(answer), "key");
}

async function apply({ plan, raised }: z.output<typeof applySchema>, desk: Desk): Promise<Acted> {
  const applied = await applyPlan(plan, raised, desk);
  switch (applied) {
    case "no-plan":
      return refuse("This plan was applied, or is forgotten. Plan again.");
    case "guarded":
      return refuse(
        "A guard of the policy stops this plan. If it is meant, say so and apply again.",
      );
    default:
      return done(applied);
  }
}
