import type { Tag } from "../core/tag.ts";
import type { IgnoreReason } from "../core/trace/decision.ts";
import type { Entry } from "./explain-entry.ts";
import type { Explanation, TagExplanation } from "./explanation.ts";
import { EVERYTHING, type RuleApplicability } from "./explanation-scope.ts";
import type { Cell } from "./table.ts";
import { changeCells, valueText } from "./tag-text.ts";
import type { Terminal } from "./terminal.ts";
import { printable } from "./text-width.ts";

type Row = readonly (string | Cell)[];
type TagRow = readonly [key: string, now: string, change: string | Cell, why: string | Cell];

const ABSENT = "-";

/** Says how an entry ended: explanations as data, what went wrong (in any format) as talk. */
export function showEntry(entry: Entry, format: "text" | "json", terminal: Terminal): void {
  if (format === "text") showData(entry, terminal);
  const problem = PROBLEMS[entry.status]?.(entry);
  if (problem !== undefined) terminal.fail(problem);
}

function showData(entry: Entry, terminal: Terminal): void {
  const { status, trace, explanation } = entry;
  if (trace !== undefined) {
    terminal.data(terminal.paint.bold(printable(`trace ${trace.name} ${trace.id}`)));
    terminal.list([["decision", decisionText(entry)]]);
  }
  if (status === "untaggable") terminal.data(untaggableText(entry));
  if (explanation !== undefined) showExplanation(explanation, terminal);
}

function decisionText({ status, resource, reason = "" }: Entry): string {
  if (status === "ignored") return `ignore: ${IGNORED[reason] ?? reason}`;
  if (resource === undefined) return "none";
  return resource.by === "id"
    ? "tag: the trace has the id"
    : "tag: the trace has only the name, and one more call finds the id";
}

/** The words of core/trace/decision.ts. */
const IGNORED: { readonly [reason: string]: string } = {
  "tag-trace": "a call that tags, perhaps our own",
  "other-trace": "it creates nothing that is tagged here",
  replica: "a replica; its id lives in another region",
  "batch-import": "an import in a batch names no ids; the audit finds them",
  "other-service": "another service's resource",
  "other-type": "for the other creation function",
  "failed-trace": "the call failed, so there is nothing new",
  "default-key": "a default key cannot be tagged",
} satisfies { readonly [Reason in IgnoreReason]: string };

const UNTAGGABLE: { readonly [reason: string]: string } = {
  "default-key": "it is a default key, which cannot be tagged",
  "pending-deletion": "it is pending deletion and cannot be tagged",
  replica: "it is a replica, which cannot be tagged here",
};

function untaggableText({ resource, reason = "" }: Entry): string {
  return printable(`${subjectOf(resource)}: ${UNTAGGABLE[reason] ?? reason}`);
}

function subjectOf(resource: Entry["resource"]): string {
  return `${resource?.type} ${resource?.name ?? resource?.id}`;
}

const PROBLEMS: { readonly [Status in Entry["status"]]?: (entry: Entry) => string } = {
  absent: ({ resource }) => `there is no ${subjectOf(resource)} in this region and project`,
  failed: ({ resource, reason }) => `${subjectOf(resource)} could not be read: ${reason}`,
  malformed: ({ reason = "" }) =>
    reason === "no-id" ? "the trace has neither an id nor a name that can be used" : reason,
};

/** Shows an explanation: what is known, what happens to each tag and why, which rules apply. */
function showExplanation(explanation: Explanation, terminal: Terminal): void {
  const { tagsRead, tags, otherTags, rules } = explanation;
  showFields(explanation, terminal);
  terminal.data("");
  const rows = [
    ...tags.flatMap((tag) => tagRows(tag, terminal)),
    ...otherTags.map((tag) => otherRow(tag, terminal)),
  ];
  // Without credentials there is nothing to say of what is there now.
  const columns = ([key, now, change, why]: TagRow): Row =>
    tagsRead ? [key, now, change, why] : [key, change, why];
  terminal.table({
    head: tagsRead ? ["TAG", "NOW", "ON CREATION", "WHY"] : ["TAG", "ON CREATION", "WHY"],
    rows: rows.map(columns),
  });
  if (rules.length === 0) return;
  terminal.data("");
  terminal.table({
    head: ["RULE", "APPLIES", "BECAUSE"],
    rows: rules.map((rule) => ruleRow(rule, terminal)),
  });
}

function showFields({ resource, fields, limits }: Explanation, terminal: Terminal): void {
  const title = [resource.type, fields["resource.name"], resource.id].filter((part) => part);
  terminal.data(terminal.paint.bold(printable(title.join(" "))));
  const { tagsMax, keyLengthMax, valueLengthMax, profile, tooStrict } = limits;
  const known = Object.entries(fields).flatMap(([field, value]): [string, string][] =>
    value === null || IN_TITLE.includes(field) ? [] : [[field, value]],
  );
  const wider =
    tooStrict === undefined ? "" : `; ${profile}, because its tags go beyond ${tooStrict}`;
  terminal.list([
    ...known,
    ["limits", `${tagsMax} tags, keys to ${keyLengthMax}, values to ${valueLengthMax}${wider}`],
  ]);
}

const IN_TITLE: readonly string[] = ["resource.type", "resource.name", "resource.id"];

function tagRows(tag: TagExplanation, terminal: Terminal): readonly TagRow[] {
  const aliases = tag.aliases.map(
    (alias): TagRow => [alias.key, valueOrAbsent(alias.from), ...changeCells(alias, terminal)],
  );
  return [[tag.key, valueOrAbsent(tag.now), ...ownCells(tag, terminal)], ...aliases];
}

function valueOrAbsent(value: string | null | undefined): string {
  return value === null || value === undefined ? ABSENT : valueText(value);
}

function ownCells(tag: TagExplanation, terminal: Terminal): readonly [Cell, Cell] {
  const { change, applies, because } = tag;
  if (change === null) {
    const why = applies === true ? "not there, as it should be" : `does not apply: ${because}`;
    return [{ lines: [ABSENT], paint: terminal.paint.dim }, { lines: [why] }];
  }
  const [what, { lines }] = changeCells(change, terminal);
  const scope = because === EVERYTHING ? [] : [`applies to ${because}`];
  return [what, { lines: [...lines, ...scope] }];
}

function otherRow({ key, value }: Tag, { paint }: Terminal): TagRow {
  return [key, valueText(value), { lines: ["keep"], paint: paint.dim }, "no rule names it"];
}

function ruleRow({ id, applies, because, exemption }: RuleApplicability, terminal: Terminal): Row {
  const { green, yellow, dim } = terminal.paint;
  if (exemption !== undefined)
    return [
      id,
      { lines: ["exempt"], paint: yellow },
      {
        lines: [because, `exemption ${exemption.id}, ${exemption.owner}: ${exemption.reason}`],
      },
    ];
  const word = applies === true ? "yes" : applies === false ? "no" : "unknown";
  const paint = applies === true ? green : applies === false ? dim : yellow;
  return [id, { lines: [word], paint }, because];
}
