import type { ResourceView, View } from "../view.ts";
import { chip, tagChip } from "./changes.ts";
import { button, byId, createList, el, numbered, outside, tell } from "./dom.ts";

const SHOWN_MAX = 200;

/** The table of secrets and keys, with its filter. `edit` opens the tags of one. */
export function createResourceTable(edit: (id: string) => void): (view: View) => void {
  const filter = byId("filter", HTMLInputElement);
  const update = createList<ResourceView>(
    byId("resource-rows", HTMLElement),
    ({ type, id }) => `${type} ${id}`,
    (one) => row(one, edit),
  );
  let shown: Pick<View, "resources" | "total"> = { resources: [], total: 0 };

  function draw(): void {
    const { resources, total } = shown;
    const words = filter.value.toLowerCase().split(/\s+/);
    const found = resources.filter((one) => {
      const text = textOf(one);
      return words.every((word) => text.includes(word));
    });
    update(found.slice(0, SHOWN_MAX));
    const pending = resources.filter((one) => one.pending.length > 0).length;
    byId("resource-count", HTMLElement).textContent =
      total === 0
        ? ""
        : [
            found.length === total ? `${total}` : `${found.length} of ${total}`,
            ...(pending > 0 ? [`${pending} with pending changes`] : []),
          ].join(" · ");
    tell(
      byId("resource-none", HTMLElement),
      total === 0
        ? "There is nothing here yet. Create a secret or a key: a function sees it in the trace and tags it by the policy, a moment later."
        : found.length === 0
          ? "Nothing matches the filter."
          : null,
    );
    const more = found.length - SHOWN_MAX;
    tell(
      byId("resource-more", HTMLElement),
      more > 0 ? `and ${numbered(more, "more row")}; the filter finds them` : null,
    );
  }

  filter.addEventListener("input", draw);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    filter.value = "";
    draw();
  });
  return (view) => {
    shown = view;
    draw();
  };
}

function textOf({ type, name, id, state, tags, pending }: ResourceView): string {
  return [
    type,
    name,
    id,
    state,
    ...(tags ?? []).map(({ key, value }) => `${key}=${value}`),
    ...(pending.length > 0 ? ["pending"] : []),
  ]
    .join(" ")
    .toLowerCase();
}

function row(one: ResourceView, edit: (id: string) => void): HTMLElement {
  const { type, id, name, state, encryptedBy, tags, skipped, pending, problems } = one;
  const chips =
    tags === null
      ? [el("span", { class: "bad-v" }, "the tags could not be read")]
      : tags.map(({ key, value }) => tagChip(key, value));
  const changes = pending.map(chip);
  return el(
    "tr",
    { class: skipped === null ? "" : "quiet" },
    el(
      "th",
      { scope: "row" },
      el("span", { class: "name" }, outside(name)),
      el(
        "span",
        { class: "m small" },
        encryptedBy === null ? type : [`${type}, encrypted by `, outside(encryptedBy)],
      ),
      el("code", { class: "id" }, id),
    ),
    el("td", { class: "small" }, state),
    el(
      "td",
      {},
      el(
        "div",
        { class: "chips" },
        chips.length === 0 && pending.length === 0 ? el("span", { class: "m" }, "no tags") : chips,
      ),
      changes.length === 0
        ? null
        : el(
            "div",
            { class: "chips pending" },
            el("span", { class: "sev medium" }, "pending"),
            changes,
          ),
      problems.map(({ key, why }) =>
        el("p", { class: "small bad-v" }, outside(key), `: ${why.join("; ")}`),
      ),
      skipped === null ? null : el("p", { class: "m small" }, skipped),
    ),
    el(
      "td",
      { class: "act" },
      skipped === null
        ? button("Edit tags", () => edit(id), { label: `Edit the tags of ${name}` })
        : null,
    ),
  );
}
