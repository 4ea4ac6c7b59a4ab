import { piecesOf } from "../../../../shared/core/report/visible.ts";

type Child = Node | string | null | readonly Child[];

/** Makes an element. Texts become text nodes: no value is ever read as markup. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: { readonly [name: string]: string | boolean },
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (typeof value === "string") element.setAttribute(key, value);
    else element.toggleAttribute(key, value);
  append(element, children);
  return element;
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children)
    if (child === null) continue;
    else if (typeof child === "string" || child instanceof Node) element.append(child);
    else append(element, child);
}

/** A text from outside: isolated from the writing direction around it, unseen characters as small names. */
export function outside(text: string): HTMLElement {
  if (text === "") return el("em", { class: "m" }, "empty");
  const pieces = piecesOf(text).map(({ text, unseen }) =>
    unseen ? el("i", { class: "u" }, text) : text,
  );
  return el("bdi", {}, pieces);
}

/** The element of this id, of this kind: the page's own markup has it. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${id}`);
}

/** A button with an action; `label` is what it says where its text is too short for that. */
export function button(
  text: string,
  act: () => void,
  { label, kind = "" }: { readonly label?: string; readonly kind?: string } = {},
): HTMLButtonElement {
  const made = el("button", {
    type: "button",
    class: kind,
    ...(label === undefined ? {} : { "aria-label": label }),
  });
  made.append(text);
  made.addEventListener("click", act);
  return made;
}

/** Shows a text there, or hides the place where there is none. */
export function tell(place: HTMLElement, text: string | null): void {
  place.textContent = text ?? "";
  place.hidden = text === null;
}

/** `10:15:02` where the reader is. */
export function timeText(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB");
}

/** `3 secrets` */
export function numbered(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Brings the children of a list in line with what is to be shown, each known by its id. One that looks the same
 * stays, with its focus and what is open in it; one that changed is made again, and the focus finds its place.
 */
export function createList<Item>(
  list: HTMLElement,
  idOf: (item: Item) => string,
  render: (item: Item) => HTMLElement,
): (items: readonly Item[]) => void {
  const known = new Map<string, { readonly text: string; readonly element: HTMLElement }>();
  return (items) => {
    const wanted = new Set(items.map(idOf));
    for (const [id, { element }] of known) {
      if (wanted.has(id)) continue;
      element.remove();
      known.delete(id);
    }
    let last: HTMLElement | null = null;
    for (const item of items) {
      const id = idOf(item);
      const text = JSON.stringify(item);
      const before = known.get(id);
      const element =
        before?.text === text ? before.element : replace(before?.element, render(item));
      known.set(id, { text, element });
      const place: Element | null =
        last === null ? list.firstElementChild : last.nextElementSibling;
      if (place !== element) list.insertBefore(element, place);
      last = element;
    }
  };
}

function replace(before: HTMLElement | undefined, element: HTMLElement): HTMLElement {
  if (before === undefined) return element;
  const focused = before.contains(document.activeElement) ? document.activeElement : null;
  const controls = "button, summary, a, input";
  const at = focused === null ? -1 : [...before.querySelectorAll(controls)].indexOf(focused);
  for (const [index, details] of [...before.querySelectorAll("details")].entries()) {
    const again = element.querySelectorAll("details")[index];
    if (again !== undefined) again.open = details.open;
  }
  before.replaceWith(element);
  const next = element.querySelectorAll(controls)[at];
  if (next instanceof HTMLElement) next.focus();
  return element;
}
