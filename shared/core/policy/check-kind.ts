import type { TagLimits } from "../limits.ts";
import { RESOURCE_KINDS, RESOURCE_TYPES, type ResourceType } from "../resource.ts";
import { compileScope, toList } from "./compile-selector.ts";
import { POLICY_DEFAULTS } from "./guard-schema.ts";
import type { ScopeText, SelectorText } from "./matcher-schema.ts";
import type { PolicyDocument } from "./schema.ts";

/** The kinds of resource that a scope may mean, as far as its selectors tell by their `types`. */
export function kindsOf(
  scope: ScopeText | true | undefined,
  document: PolicyDocument,
): readonly ResourceType[] {
  const selectors = new Map(Object.entries(document.selectors ?? {}));
  const { only, except } = compileScope(scope);
  const meant = new Set(
    only === null ? RESOURCE_TYPES : only.flatMap((name) => types(selectors.get(name))),
  );
  const excluded = new Set(
    except.flatMap((name) => {
      const selector = selectors.get(name);
      return selector !== undefined && hasOnlyTypes(selector) ? types(selector) : [];
    }),
  );
  return RESOURCE_TYPES.filter((type) => meant.has(type) && !excluded.has(type));
}

/** The limits that hold for a kind under the policy's profile. */
export function limitsOf(type: ResourceType, document: PolicyDocument): TagLimits {
  const profile = document.limits?.key?.profile ?? POLICY_DEFAULTS.keyProfile;
  return RESOURCE_KINDS[type].limits(profile);
}

function types(selector: SelectorText | undefined): readonly ResourceType[] {
  return selector?.types === undefined ? RESOURCE_TYPES : toList(selector.types);
}

/** Only such a selector picks a kind as a whole. */
function hasOnlyTypes(selector: SelectorText): boolean {
  return Object.keys(selector).every((field) => field === "types");
}
