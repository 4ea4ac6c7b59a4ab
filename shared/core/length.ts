import * as z from "zod/mini";

type Told = { readonly error?: string };

/**
 * A text or a list has at least so many characters or items. `z.minLength` by itself also looks at what is
 * neither but has a `length`, and where that cannot be compared, it throws: one message of that kind took all
 * others of its event with it.
 */
export function atLeast(minimum: number, told: Told = {}) {
  return ofTextsAndLists(z.minLength(minimum, told));
}

/** At most so many, likewise. */
export function atMost(maximum: number, told: Told = {}) {
  return ofTextsAndLists(z.maxLength(maximum, told));
}

type Check = ReturnType<typeof z.minLength> | ReturnType<typeof z.maxLength>;

function ofTextsAndLists<One extends Check>(check: One): One {
  check._zod.def.when = ({ value }) => typeof value === "string" || Array.isArray(value);
  return check;
}
