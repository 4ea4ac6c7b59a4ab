import { addKey, addSecret, CSMS_DEFAULT_KEY } from "../cloud/world.ts";
import type { Chance } from "./chance.ts";
import type { Resource, SimulatedCloud } from "./cloud.ts";
import type { History } from "./history.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Watch } from "./watch.ts";
import type { Weather } from "./weather.ts";

export type PeopleParts = {
  readonly cloud: SimulatedCloud;
  readonly time: Scheduler;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly watch: Watch;
  readonly history: History;
};

type Tags = { readonly [key: string]: string };

const foreign = (count: number): Tags =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`Foreign${index}`, `f${index}`]));

/** What older resources carry; those that are full have no room for what the policy wants. */
const OLDER: readonly Tags[] = [
  {},
  { owner: "ann", Environment: "dev", Foreign0: "x" },
  { Owner: "bob", Environment: "PRD" },
  { OwnerEmail: "kim", Environment: "production", Password: "p", Foreign0: "x" },
  { Owner: "eve", owner: "ann", Environment: "dev" },
  { Owner: "", Environment: "nowhere", CostCenter: "CC-1" },
  { Owner: "zoe", Environment: "prod", CostCenter: "CC-2", CreatedBy: "zoe" },
  { ...foreign(8), owner: "ron", Environment: "production" },
  { ...foreign(7), Password: "p", Environment: "dev" },
  { ...foreign(9), Environment: "prd" },
  { ...foreign(10) },
];
/** More than a key may have where the documented limits hold. */
const OLDER_SECRETS: readonly Tags[] = [
  { ...foreign(18), owner: "lea", Environment: "dev" },
  { ...foreign(18), owner: "max", Password: "p" },
  { ...foreign(19), OwnerEmail: "tom" },
  { ...foreign(20) },
];

/** Tags that people put on and off as they please; some undo what we did. */
const WHIMS: readonly (readonly [key: string, value: string | null])[] = [
  ["Owner", "carol"],
  ["Owner", null],
  ["Owner", ""],
  ["owner", "carol"],
  ["OwnerEmail", "dora"],
  ["Environment", "PRD"],
  ["Environment", "somewhere"],
  ["Environment", null],
  ["Password", "hunter2"],
  ["CostCenter", "CC-9"],
  ["CreatedBy", null],
  ["Foreign0", "drift"],
  ["Foreign1", null],
  ["Note", "n"],
];

/** Everybody who is not Tagwarden, as far as they touch tags. */
export type People = {
  /** Resources that are older than all else. */
  settle(): void;
  /** Somebody creates something; a Terraform-like actor tags it a moment later, and again with each apply. */
  create(): void;
  drift(): void;
  /** Somebody deletes something for good, for later, or takes that back. */
  remove(): void;
};

const USERS = ["alice", "bob", "ci-terraform"];
const PEOPLE_TAG_MS = [500, 2_000, 4_000, 9_000, 40_000];

/** Gathers the people. */
export function gatherPeople(parts: PeopleParts): People {
  const { cloud, time, chance, weather, history } = parts;
  const { secrets, keys } = cloud.world;
  let number = 0;
  const declared = new Map<string, Tags>();

  const nameNew = () => `${chance.pick(["prod", "app", "tmp"])}-${number++}`;
  const taggable = (): readonly Resource[] =>
    cloud.resources().filter(({ name }) => !name.endsWith("/default"));

  function setTags(who: string, { type, id, name }: Resource, tags: Tags): void {
    const operation = { secret: "BatchCreateOrDeleteTags", key: "BatchCreateKmsTags" }[type];
    const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
    // The console replaces a value, whatever the interface does with a key that exists.
    const kept = cloud.settings.createOnExisting;
    cloud.settings.createOnExisting = "overwrite";
    const reply = cloud.act(who, operation, { id }, { action: "create", tags: list });
    cloud.settings.createOnExisting = kept;
    parts.watch.drifted(id);
    history.note(who, `sets ${Object.keys(tags)} of ${name}${reply === null ? ": refused" : ""}`);
  }

  function unset(who: string, { type, id, name, tags }: Resource, key: string): void {
    if (!tags.has(key)) return;
    const operation = { secret: "BatchCreateOrDeleteTags", key: "BatchCreateKmsTags" }[type];
    cloud.act(who, operation, { id }, { action: "delete", tags: [{ key }] });
    parts.watch.drifted(id);
    history.note(who, `unsets ${key} of ${name}`);
  }

  function createOne(who: string): Resource | undefined {
    const name = nameNew();
    cloud.world.visibleAfterMs = chance.whole(0, weather.invisibleMaxMs);
    const encrypting = cloud
      .resources()
      .filter((one) => one.type === "key" && !one.isDefault && one.state === "2");
    const key = encrypting.length > 0 && chance.happens(0.6) ? chance.pick(encrypting).id : null;
    const body = { name, secret_string: "s", ...(key === null ? {} : { kms_key_id: key }) };
    const reply = chance.happens(0.6)
      ? cloud.act(who, "CreateSecret", {}, body)
      : cloud.act(who, "CreateKey", {}, { key_alias: name });
    cloud.world.visibleAfterMs = 0;
    history.note(who, `creates ${name}${reply === null ? ": refused" : ""}`);
    return secrets.any(name) ?? keys.any(name);
  }

  /** Sets what is declared, and in the strict manner removes what is not. */
  function apply(resource: Resource, isStrict: boolean): void {
    const tags = declared.get(resource.id);
    if (tags === undefined || cloud.any(resource.id) === undefined) return;
    if (isStrict)
      for (const key of [...resource.tags.keys()])
        if (!Object.hasOwn(tags, key)) unset("terraform", resource, key);
    setTags("terraform", resource, tags);
  }

  return {
    settle() {
      for (let count = chance.whole(2, 8); count > 0; count--) {
        const isSecret = chance.happens(0.6);
        const resource = createQuietly(isSecret);
        const sorts = isSecret ? [...OLDER, ...OLDER_SECRETS] : OLDER;
        for (const [key, value] of Object.entries(chance.pick(sorts)))
          resource.tags.set(key, value);
        history.note("before", `${resource.type} ${resource.name}: ${[...resource.tags.keys()]}`);
      }
    },
    create() {
      const who = chance.pick(USERS);
      const resource = createOne(who);
      if (resource === undefined) return;
      const tags: Tags = { Owner: who, Managed: "terraform" };
      if (who === "ci-terraform") declared.set(resource.id, tags);
      if (chance.happens(0.7))
        time.after(chance.pick(PEOPLE_TAG_MS), () => {
          if (cloud.any(resource.id) !== undefined) setTags(who, resource, tags);
        });
    },
    drift() {
      const all = taggable();
      if (all.length === 0) return;
      const resource = chance.pick(all);
      if (declared.has(resource.id) && chance.happens(0.5)) {
        apply(resource, chance.happens(0.5));
        return;
      }
      const [key, value] = chance.pick(WHIMS);
      if (value === null) unset("carol", resource, key);
      else setTags("carol", resource, { [key]: value });
    },
    remove() {
      const all = taggable();
      if (all.length === 0) return;
      const { type, id, name } = chance.pick(all);
      const how = chance.pick(REMOVALS[type]);
      const reply = cloud.act("carol", how, { name }, { key_id: id, pending_days: "7" });
      history.note("carol", `${how} ${name}${reply === null ? ": refused" : ""}`);
    },
  };

  /** It is older than every trace. */
  function createQuietly(isSecret: boolean): Resource {
    const name = nameNew();
    if (!isSecret) return addKey(cloud.world, { name });
    const own = keys.everything().filter(({ isDefault }) => !isDefault);
    const key =
      own.length > 0 && chance.happens(0.6)
        ? chance.pick(own)
        : (keys.any(CSMS_DEFAULT_KEY) ??
          addKey(cloud.world, { name: CSMS_DEFAULT_KEY, isDefault: true }));
    return addSecret(cloud.world, { name, kmsKeyId: key.id });
  }
}

const REMOVALS: { readonly [Type in Resource["type"]]: readonly string[] } = {
  secret: ["DeleteSecret", "DeleteSecretForSchedule", "RestoreSecret"],
  key: ["DeleteKey", "CancelKeyDeletion", "CancelKeyDeletion"],
};
