import type { AuditReport } from "../../audit/audit-report.ts";
import type { OwnerCount } from "../../audit/owner-counts.ts";
import { grouped, percentText } from "../coverage.ts";
import { bar, chip, outside, section, share, table } from "./markup.ts";
import { severityHtml } from "./rules.ts";

/** More owners than this are in the JSON only. */
const OWNERS_MAX = 100;

/** Who has how many failing resources, most first. */
export function ownersHtml({ owners }: AuditReport): string {
  const { tag, list, others } = owners;
  const by =
    tag === null
      ? "The policy declares no tag for an owner: enterprise projects stand in."
      : `By the value of the tag ${chip(tag)}.`;
  const more = list.length - OWNERS_MAX;
  const rest = more > 0 ? ` ${grouped(more)} more are in the JSON.` : "";
  const untold =
    others > 0 ? ` ${grouped(others)} resources belong to owners beyond those told apart.` : "";
  const head = [
    "Owner",
    "#Resources",
    "#Failing",
    "Share",
    "#Violations",
    "#A plan fixes",
    "Worst",
  ];
  const rows = list.slice(0, OWNERS_MAX).map(ownerRow);
  const body =
    rows.length === 0
      ? "<p>No resource was judged.</p>"
      : table("owners", "Failing resources by owner", head, rows);
  return section("owners", "By owner", `<p class="lead">${by}${rest}${untold}</p>${body}`);
}

function ownerRow({ owner, resources, failing, findings, fixable, worst }: OwnerCount): string {
  const percent = share(failing, resources);
  const name = owner === null ? '<em class="m">none named</em>' : outside(owner);
  return (
    `<tr><th scope="row">${name}</th><td class="n">${grouped(resources)}</td><td class="n">${grouped(failing)}</td>` +
    `<td class="barcell">${bar([{ part: "fail", percent }])}<span class="m">${percentText(Math.round(percent * 10) / 10)}</span></td>` +
    `<td class="n">${grouped(findings)}</td><td class="n">${grouped(fixable)}</td>` +
    `<td>${worst === null ? '<span class="sev good">none</span>' : severityHtml(worst)}</td></tr>`
  );
}
