import type { ChangeView, PlannedView } from "../view.ts";
import { el, outside } from "./dom.ts";

const MARKS: {
  readonly [Op in ChangeView["op"]]: { readonly mark: string; readonly say: string };
} = {
  create: { mark: "+", say: "create" },
  overwrite: { mark: "~", say: "overwrite" },
  delete: { mark: "−", say: "delete" },
  keep: { mark: "=", say: "keep" },
  refuse: { mark: "!", say: "not written" },
};

/** A key with its value, or with the old one and the new one. */
export function chip({ key, op, from, to }: ChangeView): HTMLElement {
  const { mark, say } = MARKS[op];
  return el(
    "span",
    { class: `chip ${op}` },
    el("span", { class: "mark", "aria-hidden": "true" }, mark),
    el("span", { class: "vh" }, `${say} `),
    el("b", {}, outside(key)),
    " ",
    valueNode(op, from, to),
  );
}

/** A tag that is there. */
export function tagChip(key: string, value: string): HTMLElement {
  return el("span", { class: "chip" }, el("b", {}, outside(key)), " ", outside(value));
}

function valueNode(op: ChangeView["op"], from?: string, to?: string): HTMLElement {
  if (from !== undefined && to !== undefined)
    return el("span", {}, el("s", {}, outside(from)), " → ", outside(to));
  if (to !== undefined) return outside(to);
  if (op === "delete" && from !== undefined) return el("s", {}, outside(from));
  return from === undefined ? el("em", { class: "m" }, "not set") : outside(from);
}

/** Rows of a plan: resource, key, old value, new value, why. */
export function planTable(caption: string, rows: readonly PlannedView[]): HTMLElement {
  const head = ["Resource", "Tag", "Change", "Why"].map((text) => el("th", { scope: "col" }, text));
  const body = rows.flatMap(({ type, name, changes }) =>
    changes.map((change, index) =>
      el(
        "tr",
        { class: index === 0 ? "first" : "" },
        index === 0
          ? el(
              "th",
              { scope: "rowgroup", rowspan: `${changes.length}` },
              outside(name),
              el("span", { class: "m small" }, ` ${type}`),
            )
          : null,
        el("td", {}, outside(change.key)),
        el("td", { class: `change ${change.op}` }, changeOf(change)),
        el("td", { class: "why" }, change.why.join("; ")),
      ),
    ),
  );
  return el(
    "div",
    { class: "scroll", role: "group", tabindex: "0", "aria-label": caption },
    el(
      "table",
      { class: "plan" },
      el("caption", { class: "vh" }, caption),
      el("thead", {}, el("tr", {}, head)),
      el("tbody", {}, body),
    ),
  );
}

function changeOf({ op, from, to }: ChangeView): HTMLElement {
  const { mark, say } = MARKS[op];
  return el(
    "span",
    {},
    el("span", { class: "mark", "aria-hidden": "true" }, mark),
    el("span", { class: "vh" }, `${say} `),
    valueNode(op, from, to),
  );
}

/** What became of each tag, with its source or reason. */
export function outcomeTable(changes: readonly ChangeView[]): HTMLElement {
  const rows = changes.map((change) =>
    el(
      "li",
      { class: change.op },
      el("span", { class: "mark", "aria-hidden": "true" }, MARKS[change.op].mark),
      el("span", { class: "vh" }, `${MARKS[change.op].say} `),
      el("b", {}, outside(change.key)),
      el("span", { class: "val" }, valueNode(change.op, change.from, change.to)),
      el("span", { class: "src" }, change.why.join("; ")),
    ),
  );
  return el("ul", { class: "outcome" }, rows);
}
