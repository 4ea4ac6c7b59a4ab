import type { Refused, View } from "../view.ts";
import { button, byId, createList, el, outside, tell } from "./dom.ts";
import { ask } from "./server.ts";

export type Kind = "secret" | "key";

const KINDS: {
  readonly [Type in Kind]: { readonly title: string; readonly path: string; readonly hint: string };
} = {
  secret: {
    title: "New secret",
    path: "/secrets",
    hint: "Such as prod-payments-api: the policy reads the environment from it.",
  },
  key: { title: "New key", path: "/keys", hint: "Such as prod-payments: the key's alias." },
};

/** Says a refusal beside its field, or below the form; takes earlier ones away. */
function showRefusal(form: string, fields: readonly string[], refused: Refused | null): void {
  for (const field of fields) {
    const own = refused?.field === field;
    tell(byId(`${form}-${field}-error`, HTMLElement), own ? (refused?.problem ?? null) : null);
    const input = byId(`${form}-${field}`, HTMLElement);
    if (own) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } else input.removeAttribute("aria-invalid");
  }
  const isOwn = refused?.field !== undefined && fields.includes(refused.field);
  tell(byId(`${form}-error`, HTMLElement), refused === null || isOwn ? null : refused.problem);
}

function prepare(dialog: HTMLDialogElement, submit: () => void): void {
  dialog.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  for (const close of dialog.querySelectorAll("[data-close]"))
    close.addEventListener("click", () => dialog.close());
}

/** `key=value` lines; the first line that is none is refused. */
function readTags(text: string): { key: string; value: string }[] | Refused {
  const tags: { key: string; value: string }[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, key, value = ""] = /^\s*([^=]+?)\s*=(.*)$/.exec(line) ?? [];
    if (key === undefined)
      return {
        field: "tags",
        problem: `Write each tag as key=value; this is none: ${line.trim()}`,
      };
    tags.push({ key, value: value.trim() });
  }
  return tags;
}

/** The form for a new secret or key. `done` is told its name. */
export function createCreationForm(
  person: string,
  done: (text: string) => void,
): { open(kind: Kind): void; update(view: View): void } {
  const dialog = byId("create", HTMLDialogElement);
  const name = byId("create-name", HTMLInputElement);
  const who = byId("create-person", HTMLInputElement);
  const key = byId("create-key", HTMLSelectElement);
  const tags = byId("create-tags", HTMLTextAreaElement);
  const fields = ["name", "person", "key", "tags"];
  let kind: Kind = "secret";
  let keys = "";
  who.value = person;

  async function submit(): Promise<void> {
    const own = readTags(tags.value);
    if (!Array.isArray(own)) return showRefusal("create", fields, own);
    const answer = await ask(KINDS[kind].path, {
      name: name.value.trim(),
      person: who.value.trim(),
      tags: own,
      ...(kind === "secret" ? { key: key.value } : {}),
    });
    showRefusal("create", fields, answer.ok ? null : answer.refused);
    if (!answer.ok) return;
    dialog.close();
    done(`Created the ${kind} ${name.value.trim()}. Its function is at work.`);
  }

  prepare(dialog, () => void submit());
  return {
    open(wanted) {
      kind = wanted;
      byId("create-title", HTMLElement).textContent = KINDS[kind].title;
      byId("create-name-hint", HTMLElement).textContent = KINDS[kind].hint;
      byId("create-key-field", HTMLElement).hidden = kind !== "secret";
      name.value = "";
      tags.value = "";
      showRefusal("create", fields, null);
      dialog.showModal();
      name.focus();
    },
    update({ resources }) {
      const usable = resources.filter(({ type, skipped }) => type === "key" && skipped === null);
      const text = JSON.stringify(usable.map(({ id, name }) => [id, name]));
      if (text === keys) return;
      keys = text;
      const chosen = key.value;
      key.replaceChildren(
        el("option", { value: "" }, "csms/default, the service's own key"),
        ...usable.map(({ id, name }) => el("option", { value: id }, name)),
      );
      key.value = usable.some(({ id }) => id === chosen) ? chosen : "";
    },
  };
}

type Row = { readonly key: string; readonly value: string };

/** The form for the tags of one resource, as somebody would set them by hand. */
export function createTagForm(
  person: string,
  done: (text: string) => void,
): { open(id: string): void; update(view: View): void } {
  const dialog = byId("tags", HTMLDialogElement);
  const key = byId("tags-key", HTMLInputElement);
  const value = byId("tags-value", HTMLInputElement);
  const who = byId("tags-person", HTMLInputElement);
  const fields = ["key", "value", "person"];
  let current = "";
  let view: View | null = null;
  who.value = person;
  const resource = () => view?.resources.find(({ id }) => id === current);
  const list = createList<Row>(
    byId("tags-rows", HTMLElement),
    (row) => row.key,
    (row) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, outside(row.key)),
        el("td", {}, outside(row.value)),
        el(
          "td",
          { class: "act" },
          button("Change", () => fill(row), { label: `Change ${row.key}` }),
          button("Remove", () => void remove(row.key), { label: `Remove ${row.key}` }),
        ),
      ),
  );

  function fill(row: Row): void {
    key.value = row.key;
    value.value = row.value;
    value.focus();
    value.select();
  }

  async function send(path: string, body: object, text: string): Promise<boolean> {
    const one = resource();
    if (one === undefined) return false;
    const about = { type: one.type, id: one.id, person: who.value.trim() };
    const answer = await ask(path, { ...about, ...body });
    showRefusal("tags", fields, answer.ok ? null : answer.refused);
    if (answer.ok) done(text);
    return answer.ok;
  }

  async function remove(name: string): Promise<void> {
    await send("/untag", { key: name }, `Removed ${name}.`);
    key.focus();
  }

  async function set(): Promise<void> {
    const name = key.value.trim();
    if (!(await send("/tag", { key: name, value: value.value }, `Set ${name}.`))) return;
    key.value = "";
    value.value = "";
    key.focus();
  }

  function draw(): void {
    const one = resource();
    if (one === undefined) return;
    byId("tags-title", HTMLElement).replaceChildren("Tags of ", outside(one.name));
    byId("tags-about", HTMLElement).textContent = `${one.type}, ${one.state}`;
    list(one.tags ?? []);
    byId("tags-none", HTMLElement).hidden = (one.tags ?? []).length > 0;
  }

  prepare(dialog, () => void set());
  return {
    open(id) {
      current = id;
      key.value = "";
      value.value = "";
      showRefusal("tags", fields, null);
      draw();
      dialog.showModal();
      key.focus();
    },
    update(next) {
      view = next;
      if (dialog.open) draw();
    },
  };
}
