import type { AuditView, View } from "../view.ts";
import { byId, el, tell, timeText } from "./dom.ts";
import { ask } from "./server.ts";

/** The button for an audit, and the latest one. */
export function createAudit(done: (text: string) => void): (view: View) => void {
  const start = byId("run-audit", HTMLButtonElement);
  const problem = byId("audit-error", HTMLElement);
  const shown = byId("audit-shown", HTMLElement);
  let last = "";
  let name: string | null | undefined;

  async function run(): Promise<void> {
    start.disabled = true;
    const answer = await ask("/audit", {});
    if (answer.ok) return;
    start.disabled = false;
    tell(problem, answer.refused.problem);
  }

  start.addEventListener("click", () => void run());
  return ({ audit }) => {
    const text = JSON.stringify(audit);
    if (text === last) return;
    last = text;
    const { running, failed, latest, nextMs } = audit;
    start.disabled = running;
    start.textContent = running ? "Auditing…" : "Run an audit";
    tell(
      problem,
      failed === null || running ? null : `The audit did not come to an end: ${failed}`,
    );
    byId("audit-lead", HTMLElement).textContent =
      `Judges every secret and key by the policy, and writes a report.${nextMs === null ? "" : ` The timer starts the next one at ${timeText(nextMs)}.`}`;
    shown.replaceChildren(latest === null ? "" : auditPanel(latest));
    // Not for what was there when the page was opened.
    if (latest !== null && name !== undefined && latest.name !== name)
      done(`The audit is done: ${scoreText(latest)}.`);
    name = latest?.name ?? null;
  };
}

function scoreText({ score }: AuditView): string {
  return score === null ? "there is nothing to judge" : `score ${score} %`;
}

function auditPanel(audit: AuditView): HTMLElement {
  const { complete, completeness, score, counts, rules, notice, finishedAt } = audit;
  return el(
    "div",
    { class: "panel", role: "group", "aria-label": "The latest audit" },
    el(
      "div",
      { class: complete ? "banner" : "banner bad" },
      el("strong", {}, complete ? "Complete" : "Incomplete"),
      el(
        "ul",
        {},
        completeness.map((line) => el("li", {}, line)),
      ),
    ),
    el(
      "ul",
      { class: "figures" },
      figure("score", score === null ? "–" : `${score} %`),
      counts.map(({ status, count }) => figure(status, `${count}`)),
    ),
    rules.length === 0
      ? el("p", {}, "No rule is broken.")
      : el(
          "table",
          { class: "rulelist" },
          el("caption", { class: "vh" }, "The rules that most resources break"),
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              el("th", { scope: "col" }, "Rule"),
              el("th", { scope: "col" }, "Severity"),
              el("th", { scope: "col", class: "n" }, "Fail"),
            ),
          ),
          el(
            "tbody",
            {},
            rules.map(({ id, severity, fail }) =>
              el(
                "tr",
                {},
                el("th", { scope: "row" }, id),
                el("td", {}, el("span", { class: `sev ${severity}` }, severity)),
                el("td", { class: "n" }, `${fail}`),
              ),
            ),
          ),
        ),
    el(
      "div",
      { class: "tools" },
      el(
        "a",
        { class: "button main", href: `/reports/${audit.name}`, target: "_blank", rel: "noopener" },
        "Open the report",
        el("span", { class: "vh" }, " in a new tab"),
      ),
      el("span", { class: "m small" }, `finished at ${timeText(Date.parse(finishedAt))}`),
    ),
    notice === ""
      ? null
      : el("details", {}, el("summary", {}, "What the topic was sent"), el("pre", {}, notice)),
  );
}

function figure(name: string, value: string): HTMLElement {
  return el("li", {}, el("span", { class: "k" }, name), el("span", { class: "v" }, value));
}
