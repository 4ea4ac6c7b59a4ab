import type { PlanView, RunView, View } from "../view.ts";
import { planTable } from "./changes.ts";
import { button, byId, createList, el, numbered, tell } from "./dom.ts";
import { ask } from "./server.ts";

/** Plan, yes, progress and undo. */
export function createRetag(done: (text: string) => void): (view: View) => void {
  const shown = byId("plan-shown", HTMLElement);
  const problem = byId("plan-error", HTMLElement);
  const plan = byId("plan", HTMLButtonElement);
  const runs = byId("runs", HTMLElement);
  const list = el("ul", { class: "runlist" });
  const title = el("h3", { id: "runs-title" }, "Runs");
  title.hidden = true;
  runs.append(title, list);

  async function request(path: string, body: object): Promise<void> {
    plan.disabled = true;
    const answer = await ask<PlanView>(path, body);
    plan.disabled = false;
    tell(problem, answer.ok ? null : answer.refused.problem);
    if (!answer.ok) return;
    show(answer.body);
  }

  function show(made: PlanView): void {
    shown.replaceChildren(planPanel(made, (raised) => void apply(made, raised), clear));
    shown.focus();
    shown.scrollIntoView({ block: "nearest" });
  }

  function clear(): void {
    shown.replaceChildren();
    plan.focus();
  }

  async function apply(made: PlanView, raised: boolean): Promise<void> {
    for (const one of shown.querySelectorAll("button")) one.disabled = true;
    const answer = await ask<{ readonly run: string }>("/apply", { plan: made.id, raised });
    for (const one of shown.querySelectorAll("button")) one.disabled = false;
    tell(problem, answer.ok ? null : answer.refused.problem);
    if (!answer.ok) return;
    clear();
    done(`Handed the run ${answer.body.run} to the queue.`);
  }

  plan.addEventListener("click", () => void request("/plan", {}));
  const update = createList<RunView>(
    list,
    ({ run }) => run,
    (one) => runRow(one, () => void request("/undo", { run: one.run })),
  );
  return (view) => {
    update(view.runs);
    title.hidden = view.runs.length === 0;
  };
}

function planPanel(
  made: PlanView,
  apply: (raised: boolean) => void,
  discard: () => void,
): HTMLElement {
  const { undoes, total, selected, rows, unresolved, guards, gaps } = made;
  const head = undoes === null ? "Plan" : "Plan that takes a run back";
  const sum =
    total === 0
      ? `Nothing to change in ${numbered(selected, "resource")}.`
      : `${total} of ${numbered(selected, "resource")} to change. Nothing is written yet.`;
  const raised = el("input", { type: "checkbox", id: "raised" });
  const yes = button(`Apply ${numbered(total, "change")}`, () => apply(raised.checked), {
    kind: "main",
  });
  return el(
    "div",
    { class: "panel", role: "group", "aria-label": head },
    el("h3", {}, head, undoes === null ? null : [" ", el("code", {}, undoes)]),
    el("p", { id: "plan-sum" }, sum),
    rows.length === 0 ? null : planTable("What would change", rows),
    total > rows.length ? el("p", { class: "m small" }, `and ${total - rows.length} more`) : null,
    unresolved.length === 0
      ? null
      : [
          el("h3", { class: "gap" }, "Left as they are, although something is wrong"),
          planTable("What needs a person", unresolved),
        ],
    gaps.map((gap) => el("p", { class: "err" }, gap)),
    guards.length === 0
      ? null
      : el(
          "div",
          { class: "banner bad" },
          el("strong", {}, "A guard of the policy stops this plan"),
          guards.map((guard) => el("p", {}, guard)),
          el("label", { class: "check" }, raised, " It is meant: raise the guard for this run"),
        ),
    el(
      "div",
      { class: "tools end" },
      button(total === 0 ? "Close" : "Discard", discard),
      total === 0 ? null : yes,
    ),
  );
}

const STATES: {
  readonly [State in RunView["state"]]: { readonly look: string; readonly say: string };
} = {
  finished: { look: "good", say: "finished" },
  running: { look: "low", say: "running" },
  waiting: { look: "low", say: "in the queue" },
};

function runRow(one: RunView, undo: () => void): HTMLElement {
  const { run, undoes, state, done, total, outcomes, secondsLeft } = one;
  const { look, say } = STATES[state];
  const left = secondsLeft === null || state === "finished" ? "" : `, about ${secondsLeft} s left`;
  return el(
    "li",
    {},
    el("code", {}, run),
    el("span", { class: `sev ${look}` }, say),
    state === "finished"
      ? null
      : el("progress", { max: `${total}`, value: `${done}`, "aria-label": `Progress of ${run}` }),
    el(
      "span",
      { class: "m small" },
      [`${done} of ${total}${left}`, outcomes, undoes === null ? "" : `takes back ${undoes}`]
        .filter((text) => text !== "")
        .join(" · "),
    ),
    state === "finished" ? button("Undo", undo, { label: `Undo the run ${run}` }) : null,
  );
}
