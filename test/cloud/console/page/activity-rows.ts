import type { ActivityView, HandlingView, View } from "../view.ts";
import { outcomeTable } from "./changes.ts";
import { byId, createList, el, outside, timeText } from "./dom.ts";

const LOOKS: { readonly [outcome: string]: string } = {
  tagged: "good",
  unchanged: "good",
  done: "good",
  waiting: "low",
  running: "low",
  ignored: "idle",
  skipped: "idle",
  gone: "medium",
  stale: "medium",
  deferred: "high",
  malformed: "high",
  failed: "high",
};
/** Names of traces that calls to tags leave. */
const TAG_CALL = /tag/i;

/** The list of what happened, newest first. */
export function createActivityList(): (view: View) => void {
  const tagCalls = byId("tag-calls", HTMLInputElement);
  const update = createList<ActivityView>(
    byId("activity-rows", HTMLElement),
    ({ id }) => id,
    entry,
  );
  let activity: readonly ActivityView[] = [];
  const draw = () => {
    const shown = activity.filter(
      ({ what }) => tagCalls.checked || !TAG_CALL.test(what) || what === "retag",
    );
    update(shown);
    byId("activity-none", HTMLElement).hidden = shown.length > 0;
  };
  tagCalls.addEventListener("change", draw);
  return (view) => {
    activity = view.activity;
    draw();
  };
}

function entry({ atMs, what, name, by, refused, handlings }: ActivityView): HTMLElement {
  return el(
    "li",
    {},
    el(
      "p",
      { class: "deed" },
      el("time", {}, timeText(atMs)),
      el(
        "span",
        {},
        el("b", {}, what),
        " ",
        name === "" ? null : outside(name),
        el("span", { class: "m" }, " by ", outside(by)),
      ),
      refused ? el("span", { class: "sev high" }, "refused") : null,
    ),
    handlings.map(handled),
  );
}

function handled({ function: name, outcome, detail, tries, changes }: HandlingView): HTMLElement {
  const head = [
    el("span", { class: `sev ${LOOKS[outcome] ?? "idle"}` }, outcome),
    el(
      "span",
      { class: "m small" },
      [name, tries > 1 ? `${tries} tries` : "", detail].filter((text) => text !== "").join(" · "),
    ),
  ];
  if (changes.length === 0) return el("p", { class: "handled" }, head);
  return el(
    "details",
    { class: "handled", open: true },
    el("summary", {}, head),
    outcomeTable(changes),
  );
}
