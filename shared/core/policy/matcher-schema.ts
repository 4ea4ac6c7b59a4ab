import * as z from "zod";
import { atLeast, atMost } from "../length.ts";
import { RESOURCE_TYPES } from "../resource.ts";
import { parseTime } from "../time.ts";

/** Longest regex that is accepted: what is longer is not read by people and slow to check. */
export const REGEX_LENGTH_MAX = 500;

/**
 * An object that refuses unknown fields. Its error texts are what `mistake.ts` shows as
 * "expected": for an unknown field the names of all fields, else `expected`.
 */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape, expected = "a mapping") {
  const names = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? names : expected),
  });
}

/** One of something, or a list of at least one. */
export function oneOrMany<Item extends z.ZodType>(item: Item, expected: string) {
  const list = z.array(item).check(atLeast(1, { error: "a list with at least one entry" }));
  return z.union([item, list], { error: expected });
}

const text = z.string();

/** A regular expression of JavaScript with the flag `u`. Whether it compiles is checked elsewhere. */
export const regexText = z
  .string({ error: "the text of a regular expression" })
  .check(atLeast(1))
  .check(
    atMost(REGEX_LENGTH_MAX, {
      error: `a regular expression of at most ${REGEX_LENGTH_MAX} characters`,
    }),
  );

const MATCHER = "a matcher: { glob }, { regex }, { is } or { in }";

export const matcher = z
  .union(
    [
      fields({
        glob: z
          .string()
          .check(atLeast(1, { error: "a pattern such as prod-*" }))
          .describe("Matches the whole value: * is any run of characters, ? is one character."),
      }),
      fields({
        regex: regexText.describe(
          "Searched in the value, with the flag u; use ^ and $ for all of it.",
        ),
      }),
      fields({ is: text.describe("Exactly this value.") }),
      fields({
        in: z
          .array(text)
          .check(atLeast(1, { error: "a list with at least one value" }))
          .describe("Exactly one of these values."),
      }),
    ],
    { error: MATCHER },
  )
  .meta({ id: "matcher", description: "Says which values are meant." });

export const matchers = oneOrMany(matcher, `${MATCHER}, or a list of them`).meta({
  id: "matchers",
  description: "One matcher, or several of which one must fit.",
});

/** A date or a time in UTC, as text. */
export const instant = z
  .union([z.iso.date(), z.iso.datetime()], {
    error: "a date such as 2026-01-31, or a time in UTC such as 2026-01-31T08:00:00Z",
  })
  .refine((time) => parseTime(time) !== null, { error: "a time from 2000 to 2199" })
  .meta({ id: "instant", description: "A date (its first moment, UTC) or a time in UTC." });

const tagValues = z.union([text, ...matchers.options], {
  error: `a value, ${MATCHER}, or a list of matchers`,
});

const SELECTOR_SHAPE = {
  types: oneOrMany(z.enum(RESOURCE_TYPES), `${RESOURCE_TYPES.join(" or ")}, or a list of them`)
    .optional()
    .describe("Kinds of resource."),
  name: matchers.optional().describe("Name of the secret, alias of the key."),
  id: matchers.optional().describe("Id of the resource."),
  state: matchers.optional().describe("State as the service reports it."),
  enterpriseProject: matchers.optional().describe("Id of the enterprise project."),
  region: matchers.optional().describe("Region, such as eu-west-101."),
  project: matchers.optional().describe("Id of the project."),
  createdBefore: instant.optional().describe("Created before this date or time."),
  createdAfter: instant.optional().describe("Created at or after this date or time."),
  tag: z
    .record(z.string(), tagValues)
    .optional()
    .describe("Tags that the resource carries: key to value or matcher. All must fit."),
};

/** Picks resources: fields are ANDed, the matchers of one field are ORed. */
export const selector = fields(SELECTOR_SHAPE, "a mapping of selector fields").meta({
  id: "selector",
  description: "Picks resources. All fields must fit; of a list, one entry must fit.",
});

/** Names of selectors. */
export const names = oneOrMany(z.string(), "the name of a selector, or a list of names").meta({
  id: "names",
  description: "One name of a selector, or several.",
});

/** A selector in place, which may also ask for named ones. */
export const condition = fields(
  { ...SELECTOR_SHAPE, selector: names.optional().describe("A named selector, or several (any).") },
  "a mapping of selector fields",
).meta({ id: "condition", description: "Picks resources, here or by the names of selectors." });

/** `{ only, except }`: who is meant, by names of selectors. */
export const scope = fields(
  {
    only: names.optional().describe("Only what one of these selectors picks."),
    except: names.optional().describe("Not what one of these selectors picks."),
  },
  "{ only: … } or { except: … }",
)
  .refine((value) => value.only !== undefined || value.except !== undefined, {
    error: "{ only: … } or { except: … }, naming a selector",
  })
  .meta({ id: "scope", description: "Who is meant.", minProperties: 1 });

export type MatcherText = z.infer<typeof matcher>;
export type SelectorText = z.infer<typeof selector>;
export type ConditionText = z.infer<typeof condition>;
export type ScopeText = z.infer<typeof scope>;
