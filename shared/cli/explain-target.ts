import {
  isResourceId,
  isSecretName,
  RESOURCE_TYPES,
  type ResourceRef,
  type ResourceType,
} from "../core/resource.ts";
import { TRACE_LAYOUTS } from "../core/trace/layout.ts";
import { EXIT, Stop } from "./exit-code.ts";

/** What `explain` is asked about: a resource by its id or name, or the file of an event. */
export type Target =
  | { readonly is: "resource"; readonly by: "id"; readonly ref: ResourceRef }
  | { readonly is: "resource"; readonly by: "name"; readonly name: string }
  | { readonly is: "event"; readonly path: string };

/**
 * Reads `secret:<name or id>`, `key:<id>`, either without its type where `type` says it, or a path.
 * Throws a `Stop` that says what would be right.
 */
export function parseTarget(argument: string, type: ResourceType | undefined): Target {
  const prefix = RESOURCE_TYPES.find((candidate) => argument.startsWith(`${candidate}:`));
  if (prefix !== undefined && type !== undefined && prefix !== type)
    throw usage(`${argument} is a ${prefix}, but --type says ${type}`);
  const kind = prefix ?? type;
  if (kind !== undefined)
    return parseResource(prefix === undefined ? argument : argument.slice(prefix.length + 1), kind);
  if (isResourceId(argument.toLowerCase()))
    throw usage(`${argument}: is it a secret or a key? Write secret:<id> or key:<id>`);
  return { is: "event", path: argument };
}

function parseResource(text: string, type: ResourceType): Target {
  const id = text.toLowerCase();
  if (isResourceId(id)) return { is: "resource", by: "id", ref: { type, id } };
  if (!TRACE_LAYOUTS[type].findsByName)
    throw usage(`${type}:${text}: a ${type} is found by its id only, a UUID`);
  if (isSecretName(text)) return { is: "resource", by: "name", name: text };
  throw usage(`${type}:${text}: expected an id (a UUID) or a name (letters, digits, _ . -)`);
}

function usage(message: string): Stop {
  return new Stop(EXIT.usage, message);
}
