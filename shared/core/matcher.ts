import type { Matcher } from "./policy/policy.ts";

// Keyed by the compiled policy's own objects, so that nothing but the policy outlives an invocation.
const compiled = new WeakMap<object, RegExp>();

/** The regex of one place in the compiled policy, compiled once per process (flag `u`). */
export function regexOf(owner: { readonly regex: string }): RegExp {
  const known = compiled.get(owner);
  if (known !== undefined) return known;
  const regex = new RegExp(owner.regex, "u");
  compiled.set(owner, regex);
  return regex;
}

/** Does any of the matchers accept the value? Regexes are searched, not anchored. None: no. */
export function matches(matchers: readonly Matcher[], value: string): boolean {
  for (const matcher of matchers)
    if ("regex" in matcher ? regexOf(matcher).test(value) : matcher.in.includes(value)) return true;
  return false;
}
