import type { AuditReport } from "../../audit/audit-report.ts";
import { changesPieces } from "./changes.ts";
import { findingsPieces } from "./findings.ts";
import { SCRIPT_HASH, STYLE_HASH } from "./hashes.ts";
import { coverageHtml, headerHtml } from "./header.ts";
import { outside, own, timeHtml } from "./markup.ts";
import { ownersHtml } from "./owners.ts";
import { placesHtml } from "./places.ts";
import { exemptionsHtml, logHtml } from "./record.ts";
import { keysHtml, rulesHtml } from "./rules.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { nextHtml, summaryHtml } from "./summary.ts";
import { tallyOf } from "./tally.ts";

/** Nothing is loaded, nothing is sent, and only these very bytes of style and script are used. */
const CONTENT_POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

/**
 * The audit as one HTML file that needs nothing else: no network, no fonts; tables are there without script,
 * filters and sorting with it. Every value is escaped and isolated from the writing direction around it,
 * and stands only in the content of elements.
 */
export function* htmlPieces(report: AuditReport): Generator<string> {
  const tally = tallyOf(report.findings);
  yield `<!doctype html>\n<html lang="en"><head><meta charset="utf-8">`;
  yield `<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">`;
  yield `<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">`;
  yield `<title>${report.complete ? "" : "Incomplete: "}Tag audit ${own(report.finishedAt.slice(0, 10))}</title>`;
  yield `<link rel="icon" href="data:,"><style>${STYLE}</style></head>\n<body><a class="skip" href="#findings">To the findings</a>`;
  yield `${headerHtml(report)}\n<main class="w">`;
  yield `${summaryHtml(report, tally)}\n${nextHtml(report)}\n`;
  yield `${rulesHtml(report)}\n${keysHtml(report)}\n${placesHtml(report, tally)}\n${ownersHtml(report)}\n`;
  yield* findingsPieces(report);
  yield "\n";
  yield* changesPieces(report);
  yield `\n${exemptionsHtml(report)}\n${coverageHtml(report)}\n${logHtml(report)}</main>\n`;
  yield `<footer class="w"><p>Policy ${outside(report.policy.hash)}. Started ${timeHtml(report.startedAt)}, finished ${timeHtml(report.finishedAt)}. `;
  yield `Made by ${own(report.tool.name)} ${outside(report.tool.version)}. Values of tags come from whoever sets tags; characters that cannot be seen are shown by name.</p></footer>`;
  yield `<script>${SCRIPT}</script></body></html>\n`;
}
