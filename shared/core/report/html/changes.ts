import type { AuditReport } from "../../audit/audit-report.ts";
import type { ProposedChange } from "../../audit/proposed-change.ts";
import { grouped, numbered } from "../coverage.ts";
import { chip, NOTHING, outside, own } from "./markup.ts";

/** More changes than this are in the JSON, and all of them in the plan itself. */
const CHANGES_MAX = 1_000;

const HEAD: readonly string[] = ["Resource", "Where", "Key", "Change", "Old", "New", "Why"];

const OPS: { readonly [Op in ProposedChange["op"]]: string } = {
  create: "add",
  overwrite: "change",
  delete: "remove",
};

/** What a plan by the policy would do: old and new value of each key, with the reason. */
export function* changesPieces({ changes }: AuditReport): Generator<string> {
  const { total, resources, list } = changes;
  yield `<section id="changes" aria-labelledby="h-changes"><h2 id="h-changes">Proposed changes</h2>`;
  if (total === 0) {
    yield `<p class="lead">None: a plan by the policy would change nothing.</p></section>`;
    return;
  }
  const shown = Math.min(list.length, CHANGES_MAX);
  const rest = total > shown ? ` The first ${grouped(shown)} are shown; the plan has all.` : "";
  yield `<p class="lead">${numbered(total, "change")} on ${numbered(resources, "resource")}, by the policy; the audit itself writes nothing.${rest} `;
  yield `<code>tagwarden plan -o plan.json</code> makes the plan anew. What looks secret, and what a prohibited tag holds, is redacted.</p>`;
  yield `<div class="scroll tall" role="group" tabindex="0" aria-label="Proposed changes table"><table class="changes"><caption class="vh">Proposed changes</caption><thead><tr>`;
  yield HEAD.map((name) => `<th scope="col">${name}</th>`).join("");
  yield "</tr></thead><tbody>\n";
  for (const change of list.slice(0, CHANGES_MAX)) yield row(change);
  yield "</tbody></table></div></section>";
}

function row(change: ProposedChange): string {
  const { resource_type, resource_id, resource_name, region, tag_key, op, from, to, why } = change;
  const name = resource_name === null ? "" : outside(resource_name);
  const where = [resource_type, ...(region === null ? [] : [outside(region)])].join(" · ");
  const value = (text: string | null) => (text === null ? NOTHING : chip(text));
  return (
    `<tr><td>${name}<span class="id"><code>${outside(resource_id)}</code></span><td>${where}<td>${chip(tag_key)}` +
    `<td><b class="op ${op}">${OPS[op]}</b><td>${value(from)}<td>${value(to)}<td>${own(why)}\n`
  );
}
