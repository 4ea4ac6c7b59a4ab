import * as z from "zod";
import { FIELDS } from "../facts.ts";
import { atLeast } from "../length.ts";
import { fields, oneOrMany, regexText } from "./matcher-schema.ts";

/** Transforms that need no argument. */
export const PLAIN_TRANSFORMS = ["lower", "upper", "title", "trim", "slug"] as const;

// A letter once more than its token has (`MMMM`) means something else elsewhere, so it is refused.
const DATE_PATTERN =
  /^(?=.*(?:yyyy|MM|dd|HH|mm|ss))(?!.*(?:yyyyy|MMM|ddd|HHH|mmm|sss))(?:yyyy|MM|dd|HH|mm|ss|[^A-Za-z])+$/;

const TRANSFORM = `${PLAIN_TRANSFORMS.join(", ")}, { date }, { map }, { prefix } or { suffix }`;

const SOME_TEXT = "text that is not empty";
const someText = z.string({ error: SOME_TEXT }).check(atLeast(1));

const transform = z
  .union(
    [
      z.enum(PLAIN_TRANSFORMS),
      fields({
        date: z
          .string()
          .regex(DATE_PATTERN, {
            error: "a pattern of yyyy, MM, dd, HH, mm, ss and characters other than ASCII letters",
          })
          .describe("Writes a time as yyyy MM dd HH mm ss (UTC); all else stands as it is."),
      }),
      fields({
        map: z
          .record(z.string(), z.string())
          .describe("Value to replacement. A value that is not here yields nothing."),
      }),
      fields({ prefix: someText.describe("Put before the value.") }),
      fields({ suffix: someText.describe("Put after the value.") }),
    ],
    { error: `one of ${TRANSFORM}` },
  )
  .meta({ id: "transform", description: "One step that changes a value." });

const TRANSFORMED = {
  transform: oneOrMany(transform, `a list of ${TRANSFORM}`)
    .optional()
    .describe("Steps that change the value, in order."),
};

const field = z.enum(FIELDS);

const SOURCE =
  "a source: { const }, { from }, { fromName, group }, { lookup, by, column }, { inherit } or { tag }";

/** Where a value may come from. The first source that yields a valid value wins. */
export const source = z
  .union(
    [
      fields({ const: z.string().describe("This value."), ...TRANSFORMED }),
      fields({ from: field.describe("A field of the event or the resource."), ...TRANSFORMED }),
      fields({
        fromName: regexText.describe("Searched in the resource's name, with the flag u."),
        group: someText.describe("The named group of the regex that holds the value."),
        ...TRANSFORMED,
      }),
      fields({
        lookup: z
          .string()
          .regex(/\.(?:csv|json)$/, { error: "the name of a .csv or .json file beside the policy" })
          .describe("A table: CSV with a header row, or JSON. Its path is relative to this file."),
        by: field.describe("The field whose value is looked up in the key column."),
        column: someText.describe("The column that holds the value (`value` where rows are text)."),
        key: someText.optional().describe("The key column. Default: the first one."),
        ...TRANSFORMED,
      }),
      fields({
        inherit: z.literal("kmsKey").describe("The same tag of the key that encrypts the secret."),
        ...TRANSFORMED,
      }),
      fields({ tag: z.string().describe("The value of another tag."), ...TRANSFORMED }),
    ],
    { error: SOURCE },
  )
  .meta({ id: "source", description: "Where a value comes from." });

/** One source, or a list of them in the order in which they are tried. */
export const sources = oneOrMany(source, `${SOURCE}, or a list of sources`);

export type SourceText = z.infer<typeof source>;
export type TransformText = z.infer<typeof transform>;
