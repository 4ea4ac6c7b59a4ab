import { isJsonObject, own } from "../json-value.ts";
import { RESOURCE_KINDS, type ResourceType } from "../resource.ts";
import { CREATION_TRACES } from "../trace/creation-trace.ts";
import { type Diagnosis, together, unknown } from "./diagnosis.ts";
import { bodyOf, isDone, judgeUnseen, type ProbeAnswer } from "./probe-answer.ts";

/** Operations of one kind of resource, as CTS lists them and as triggers subscribe to them. */
export type TraceOperations = {
  readonly serviceType: string;
  readonly resourceTypes: readonly string[];
  readonly names: readonly string[];
};

/** Reads CTS' list (api-cts cts_api_0332): `null` where the answer is none. */
export function readOperations(answer: ProbeAnswer): readonly TraceOperations[] | null {
  const body = bodyOf(answer);
  const rows = isJsonObject(body) ? own(body, "operations") : undefined;
  if (!Array.isArray(rows)) return null;
  return rows.flatMap((row: unknown) => {
    if (!isJsonObject(row) || typeof row.service_type !== "string") return [];
    const { service_type: serviceType, resource_type: type, operation_list: names } = row;
    return [{ serviceType, resourceTypes: textsOf([type]), names: textsOf(names) }];
  });
}

/** `SERVICE:type1;type2:trace1;trace2`, an item of a CTS trigger (functiongraph.md 4). */
export function readSubscription(item: string): TraceOperations {
  const [serviceType = "", types = "", names = ""] = item.split(":");
  return { serviceType, resourceTypes: types.split(";"), names: names.split(";") };
}

/** The creation traces of a kind of resource. */
export function creationTraces(type: ResourceType): readonly string[] {
  return CREATION_TRACES.filter((row) => row.type === type).map(({ name }) => name);
}

/** Item of a trigger that subscribes to all creation traces which CTS knows of a kind; empty where it knows none. */
export function subscriptionFor(
  type: ResourceType,
  known: readonly TraceOperations[] | null,
): string {
  const wanted = creationTraces(type);
  const row = known?.find(
    (one) => isOfKind(one, type) && wanted.some((name) => one.names.includes(name)),
  );
  if (row === undefined) return "";
  const names = wanted.filter((name) => row.names.includes(name));
  return `${row.serviceType}:${row.resourceTypes.join(";")}:${names.join(";")}`;
}

/** Does the row speak of this kind of resource? Which service type it has is not documented (dew-api.md 6.3). */
function isOfKind({ resourceTypes }: TraceOperations, type: ResourceType): boolean {
  const { traceTypes } = RESOURCE_KINDS[type];
  return resourceTypes.some((one) => traceTypes.includes(one.toLowerCase()));
}

/** Whether CTS knows every creation trace that the triggers subscribe to, and under which names. */
export function judgeTraces(answer: ProbeAnswer): Diagnosis {
  const known = readOperations(answer);
  if (known === null)
    return isDone(answer)
      ? unknown("the list of operations cannot be read", "compare it with the console of CTS")
      : judgeUnseen(answer, "cts:notification:listOperation");
  const missing = CREATION_TRACES.filter(
    ({ name, type }) => !known.some((row) => isOfKind(row, type) && row.names.includes(name)),
  );
  const places = [
    ...new Set(
      CREATION_TRACES.flatMap(({ name, type }) =>
        known
          .filter((row) => isOfKind(row, type) && row.names.includes(name))
          .map((row) => `${row.serviceType}:${row.resourceTypes.join(";")}`),
      ),
    ),
  ];
  const found = `CTS knows no ${missing.map(({ name }) => name).join(", ")} here`;
  const advice =
    "subscribe to what the console of CTS offers for secrets and keys; what no trace tells, the audit finds";
  return together(missing.length > 0 ? [{ found, advice }] : [], [], `known: ${places.join(", ")}`);
}

/** Creation traces of a kind that no item of a trigger subscribes to, and items that CTS does not know. */
export function compareSubscriptions(
  type: ResourceType,
  items: readonly string[],
  known: readonly TraceOperations[] | null,
): { readonly missing: readonly string[]; readonly foreign: readonly string[] } {
  const subscribed = items.map(readSubscription);
  const offered = subscriptionFor(type, known);
  // Where CTS itself does not know a trace, there is nothing to subscribe to.
  const wanted = offered === "" ? creationTraces(type) : readSubscription(offered).names;
  const missing = wanted.filter(
    (name) => !subscribed.some((row) => isOfKind(row, type) && row.names.includes(name)),
  );
  const foreign = subscribed.flatMap((row) =>
    row.names
      .filter((name) => known !== null && !known.some((one) => covers(one, row, name)))
      .map((name) => `${row.serviceType}:${row.resourceTypes.join(";")}:${name}`),
  );
  return { missing, foreign };
}

/** Names are case-sensitive there (functiongraph.md 4). */
function covers(known: TraceOperations, row: TraceOperations, name: string): boolean {
  return (
    known.serviceType === row.serviceType &&
    known.names.includes(name) &&
    known.resourceTypes.some((type) => row.resourceTypes.includes(type))
  );
}

/** The texts in a list. */
export function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}
