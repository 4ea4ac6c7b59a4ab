/**
 * The local cloud: KMS, CSMS, CTS, OBS behind one loopback endpoint, and a FunctionGraph that runs bundles.
 *
 * Everything here comes from documents; nothing was captured from the real services. The sources are named
 * where a behaviour stands: `dew-api.md` and `functiongraph.md` (compiled facts, 2026), the three API pages
 * `csms-batch-tags.txt` (2025-08-28), `kms-batch-tags.txt` (2025-09-15), `csms-project-tags.txt` (2026-06-11),
 * the official SDKs, and `peers.md` (what users of others met). Signatures are proved with the vendor's signer.
 *
 * Gaps (the real services do this, this does not):
 * - EventGrid does not exist. Calls to it, and the operations of KMS and CSMS that are not done
 *   (`unsupported.ts`), answer 501 `LOCAL.0501`; a path that nobody knows answers 404 `APIGW.0101`.
 * - Timers (`timers.ts`) are made in process, cannot be disabled, and know of Cron what is documented. The zone
 *   of a Cron without one (here UTC), missed firings (skipped) and overlapping ones (queued) are guesses.
 * - The object store has whole objects only, in path style, which real endpoints may not offer with this signature
 *   (the official SDK signs in another way there): `object-store.ts`. Buckets are made in process.
 * - SMN has PublishMessage by `message` and ListTopicDetails, FunctionGraph asynchronous invocation and what doctor reads
 *   (`topics.ts`, `invocations.ts`, `management.ts`); topics, subscriptions and functions are made in process. Codes of SMN are placeholders.
 * - Queues (`queues.ts`) stand for Kafka, RocketMQ and RabbitMQ: no partitions, no keys, nothing is lost on the
 *   way. Redelivery of a failed batch is not documented: the function's asynchronous policy is all there is.
 * - No quotas of secrets or keys (500 and 20 there): benchmarks need more.
 * - Secrets have no value and no versions; keys have no material and encrypt nothing.
 * - Tokens (`X-Auth-Token`) are not accepted, nor is the derived signature `V11-HMAC-SHA256`.
 * - No tag policies of an organisation (KMS.5022), no replicas (KMS.0105), no frozen accounts.
 * - Reading calls leave no trace: the documents name none for them (dew-api.md 6).
 * - Deletions that were scheduled take effect at the next call after their time.
 *
 * By design:
 * - One endpoint for every service, plain HTTP, one project, one region. The path tells the service.
 * - Behaviours that the documents leave open are settings (`contract.ts`), changeable while the cloud runs.
 * - A refused signature echoes the canonical request that the server built, so a signing bug explains itself.
 * - The order in which a service checks (form, resource, content) is a guess, as are the texts of messages:
 *   match codes. Codes of CTS, and what CSMS says of tags, are not published (`cts.ts`, `csms-errors.ts`).
 * - `csms/default` comes into being with the first secret that names no key; whether its creation leaves a
 *   trace in the real CTS, and whose, is not established. Here it does, as the caller's.
 * - The fuzzy match of names, which ten values a project tag shows, and the order of lists (oldest first) are guesses.
 * - Time is the given clock's everywhere: signatures, limits, deletions, timers, delays of traces and of slow answers.
 * - The page of `npm run dev` (`console/`) is no part of the cloud: a caller of its interfaces like any other, but for
 *   what has none here (invocations and their results, topics).
 *
 * Client quirks:
 * - The vendor's Node.js signer encodes the path as it stands, so `%20` is signed as `%2520`; the Python one
 *   decodes first (dew-api.md 10). This server expects the decoded form: sign keys in `DELETE …/tags/{key}` so.
 * - `limit` and `offset` of instance queries are strings in the documents and numbers in Terraform; both work.
 *
 * How do I add an operation?
 * 1. Find its page; note method, path, statuses, codes. 2. Put codes into the service's `*-errors.ts`.
 * 3. Add a row to the service's table (`kms.ts`, `csms.ts`, `cts.ts`, `*-tags.ts`): name, method, path, IAM
 * actions, trace name, `run`. 4. Take it out of `unsupported.ts`. 5. Write its test with the vendor's signer.
 *
 * How do I add a kind of resource or a service?
 * 1. Its fields in `store.ts`, its constructor in `world.ts`. 2. A `Service` with its table, its errors and
 * its `resource_type`. 3. Add it to the list in `startCloud` below. 4. Its tag limits in `tags.ts`.
 */
import { createAccounts, hexId } from "./accounts.ts";
import { type Clock, wallClock } from "./clock.ts";
import type {
  CloudSettings,
  Credentials,
  FaultRule,
  SeenRequest,
  StoredResource,
} from "./contract.ts";
import { createCsms, type OnDefaultKey } from "./csms.ts";
import { createCts } from "./cts.ts";
import { createDelivery } from "./delivery.ts";
import { createFaults } from "./faults.ts";
import { createFunctionGraph, type FunctionGraph } from "./functiongraph/index.ts";
import { createInvocations } from "./invocations.ts";
import { createKms } from "./kms.ts";
import { createObjectStore, type Objects } from "./object-store.ts";
import type { Document } from "./permissions.ts";
import { createPipeline } from "./pipeline.ts";
import { createQueues, type Queues } from "./queues.ts";
import { type Connections, startServer } from "./server.ts";
import type { Operation } from "./service.ts";
import { type SettingsChange, settingsWith } from "./settings.ts";
import { createStore, type Key, type Secret } from "./store.ts";
import { createThrottle } from "./throttle.ts";
import { createTimers, type Timers } from "./timers.ts";
import { createSmn, type Topics } from "./topics.ts";
import { type RecordedTrace, traceOf } from "./trail.ts";
import {
  addKey,
  addSecret,
  CSMS_DEFAULT_KEY,
  type KeyFields,
  type SecretFields,
  type World,
} from "./world.ts";

export { createManualClock, type ManualClock } from "./clock.ts";
export type { RecordedTrace } from "./trail.ts";

export type CloudOptions = {
  readonly settings?: SettingsChange;
  /** Default: the wall clock. */
  readonly clock?: Clock;
  /** For ids, keys and jitter, from 0 up to 1; default `Math.random`. */
  readonly random?: () => number;
  /** Default `cn-north-4`. */
  readonly region?: string;
  /** What Node is told when it starts an instance of a function; default: nothing. */
  readonly nodeArguments?: readonly string[];
};

/** Fields of a resource that is put there without a call; tags are not checked. */
type Tagged = { readonly tags?: { readonly [key: string]: string } };

export type LocalCloud = {
  /** `http://127.0.0.1:<port>`, for every service. */
  readonly endpoint: string;
  readonly region: string;
  /** Project id, 32 hexadecimal digits. */
  readonly project: string;
  readonly domain: { readonly id: string; readonly name: string };
  readonly settings: CloudSettings;
  readonly clock: Clock;
  /** A person's permanent keys; traces show the name, and `agent` where a request names no user agent. */
  user(name: string, agent?: string): Credentials;
  /** Fresh temporary keys of an agency; traces show it as `AssumedAgency`. */
  agency(name: string): Credentials;
  /** Limits an agency to IAM actions (dew-api.md 9); `null` lifts the limit, which is the default. */
  allowOnly(agency: string, actions: readonly string[] | null): void;
  /** Limits an agency to what documents of IAM allow it (`permissions.ts`). */
  attach(agency: string, documents: readonly Document[]): void;
  /** Actions that a limited agency has made use of since it was limited, ascending. */
  actionsUsed(agency: string): readonly string[];

  secret(idOrName: string): StoredResource | undefined;
  key(idOrAlias: string): StoredResource | undefined;
  resources(): readonly StoredResource[];
  /** Set-up without a request, a trace or a check: a secret, encrypted by a key of its own choosing. */
  addSecret(
    fields: Omit<SecretFields, "kmsKeyId"> & { readonly kmsKeyId?: string } & Tagged,
  ): StoredResource;
  addKey(fields: KeyFields & Tagged): StoredResource;
  createDefaultKey(alias: string): StoredResource;
  tagDirectly(id: string, tags: { readonly [key: string]: string }): void;
  untagDirectly(id: string, keys: readonly string[]): void;
  /** Resources created from now on answer "not found" for this long. */
  makeVisibleAfter(ms: number): void;

  /** Requests that reached the server, in order of arrival; `status` is 0 until one is answered. */
  readonly seen: readonly SeenRequest[];
  clearSeen(): void;
  /** All that the services can do, in the words of `seen`; the object store is not among them. */
  readonly operations: readonly Pick<SeenRequest & Operation, "service" | "name">[];
  addFault(rule: FaultRule): void;
  clearFaults(): void;
  /** Every trace that was recorded, oldest first. */
  readonly traces: readonly RecordedTrace[];
  /** The object store's buckets, in process. */
  readonly objects: Objects;
  readonly functions: FunctionGraph;
  readonly topics: Topics;
  readonly queues: Queues;
  readonly timers: Timers;
  /** The connections that callers have to the endpoint. */
  readonly connections: Connections;
  /** Resolves when no trace or message waits for delivery and no function waits or runs. */
  idle(): Promise<void>;
  /** Ends at once: connections are closed, traces that wait are dropped, functions are stopped. */
  stop(): Promise<void>;
};

/** Starts an empty cloud on a free loopback port. */
export async function startCloud(options: CloudOptions = {}): Promise<LocalCloud> {
  const { clock = wallClock, random = Math.random, region = "cn-north-4" } = options;
  const settings = settingsWith(options.settings);
  const project = hexId(random);
  const domain = { id: hexId(random), name: "local-domain" };
  const secrets = createStore<Secret>();
  const keys = createStore<Key>();
  const world: World = {
    region,
    project,
    domain,
    settings,
    clock,
    random,
    secrets,
    keys,
    visibleAfterMs: 0,
  };

  const accounts = createAccounts(clock, random);
  const faults = createFaults();
  const seen: SeenRequest[] = [];
  const traces: RecordedTrace[] = [];
  const objectStore = createObjectStore({ accounts, faults, clock });
  const functions = createFunctionGraph({
    project,
    region,
    clock,
    nodeArguments: options.nodeArguments ?? [],
    putFailure: objectStore.putFailure,
    credentialsOf(agency) {
      if (!accounts.knowsAgency(agency)) throw new Error(`no agency is called "${agency}"`);
      return accounts.agency(agency);
    },
  });
  const delivery = createDelivery(settings, clock, { region, project, random }, functions.deliver);
  const record = (trace: RecordedTrace) => {
    traces.push(trace);
    delivery.accept(trace);
  };

  const kms = createKms(world);
  const csms = createCsms(world, recordDefaultKey);
  const cts = createCts(world, traces);
  const smn = createSmn(world, functions);
  const queues = createQueues(world, functions);
  const timers = createTimers(world, functions);
  const triggersOf = (name: string) => [
    ...queues.api.triggersOf(name),
    ...timers.api.triggersOf(name),
  ];
  const invocations = createInvocations(world, functions, triggersOf);
  const services = [kms, csms, cts, smn.service, invocations];
  const pipeline = createPipeline({
    world,
    services,
    localCalls: [queues.call],
    accounts,
    throttle: createThrottle(settings, clock),
    faults,
    record,
  });
  const server = await startServer(pipeline, objectStore, seen, clock.now, random);

  function recordDefaultKey(...[call, key]: Parameters<OnDefaultKey>): void {
    const operation = kms.operations.find(({ name }) => name === "CreateKey");
    if (operation === undefined) throw new Error("KMS has no CreateKey");
    const body = { key_info: { key_id: key.id, domain_id: domain.id } };
    const asKms = { ...call, operation, body: { key_alias: key.name } };
    record(traceOf(world, kms, asKms, { status: 200, body, about: key }));
  }

  function settle(): void {
    secrets.settle(clock.now());
    keys.settle(clock.now());
  }

  function stored(id: string): Secret | Key {
    const resource = secrets.any(id) ?? keys.any(id);
    if (resource === undefined) throw new Error(`there is no resource ${id}`);
    return resource;
  }

  function setTags(id: string, tags: { readonly [key: string]: string }): void {
    const resource = stored(id);
    for (const [key, value] of Object.entries(tags)) resource.tags.set(key, value);
    touchTags();
  }

  function touchTags(): void {
    secrets.touch("tags");
    keys.touch("tags");
  }

  function defaultKey(alias: string): Key {
    const known = keys.any(alias);
    return known?.isDefault ? known : addKey(world, { name: alias, isDefault: true });
  }

  return {
    endpoint: server.endpoint,
    region,
    project,
    domain,
    settings,
    clock,
    user: accounts.user,
    agency: accounts.agency,
    allowOnly: accounts.allowOnly,
    attach: accounts.attach,
    actionsUsed: accounts.actionsUsed,
    secret(idOrName) {
      settle();
      return secrets.any(idOrName);
    },
    key(idOrAlias) {
      settle();
      return keys.any(idOrAlias);
    },
    resources() {
      settle();
      return [...secrets.everything(), ...keys.everything()];
    },
    addSecret({ tags = {}, ...fields }) {
      const kmsKeyId = fields.kmsKeyId ?? defaultKey(CSMS_DEFAULT_KEY).id;
      const secret = addSecret(world, { ...fields, kmsKeyId });
      setTags(secret.id, tags);
      return secret;
    },
    addKey({ tags = {}, ...fields }) {
      const key = addKey(world, fields);
      setTags(key.id, tags);
      return key;
    },
    createDefaultKey: defaultKey,
    tagDirectly: setTags,
    untagDirectly(id, names) {
      const { tags } = stored(id);
      for (const name of names) tags.delete(name);
      touchTags();
    },
    makeVisibleAfter(ms) {
      world.visibleAfterMs = ms;
    },
    seen,
    clearSeen() {
      seen.length = 0;
    },
    operations: services.flatMap(({ name: service, operations }) =>
      operations.map(({ name }) => ({ service, name })),
    ),
    addFault: faults.add,
    clearFaults: faults.clear,
    traces,
    objects: objectStore.objects,
    functions,
    topics: smn.api,
    queues: queues.api,
    timers: timers.api,
    connections: server.connections,
    async idle() {
      do {
        await Promise.all(delivery.waiting());
        await queues.api.idle();
      } while (delivery.waiting().length > 0 || queues.waiting());
    },
    async stop() {
      timers.stop();
      delivery.stop();
      await Promise.all([server.stop(), functions.stop()]);
    },
  };
}
