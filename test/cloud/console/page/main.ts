import type { View } from "../view.ts";
import { createActivityList } from "./activity-rows.ts";
import { createAudit } from "./audit.ts";
import { byId, el, tell } from "./dom.ts";
import { createCreationForm, createTagForm } from "./forms.ts";
import { createResourceTable } from "./resource-rows.ts";
import { createRetag } from "./retag.ts";
import { readAbout, watch } from "./server.ts";

const SAID_MS = 6_000;
const about = readAbout();
const said = byId("said", HTMLElement);
const live = byId("live", HTMLElement);
const trouble = byId("trouble", HTMLElement);
let fading = 0;

function say(text: string): void {
  said.textContent = text;
  said.classList.add("on");
  clearTimeout(fading);
  fading = setTimeout(() => said.classList.remove("on"), SAID_MS);
}

const facts: readonly (readonly [name: string, value: string])[] = [
  ["Region", about.region],
  ["Project", about.project],
  ["Endpoint", about.endpoint],
  ["Policy", about.policy],
  ["Grace", about.grace],
];
byId("about", HTMLElement).append(
  ...facts.map(([name, value]) => el("li", {}, `${name} `, el("b", {}, value))),
);

// What scrolls by itself must be reachable by keyboard.
for (const [name, title] of [
  [".scroll", "resources-title"],
  [".feed", "activity-title"],
] as const) {
  const scroller = document.querySelector(name);
  scroller?.setAttribute("role", "group");
  scroller?.setAttribute("tabindex", "0");
  scroller?.setAttribute("aria-labelledby", title);
}

const creation = createCreationForm(about.person, say);
const tags = createTagForm(about.person, say);
const parts: readonly ((view: View) => void)[] = [
  createResourceTable(tags.open),
  createActivityList(),
  createRetag(say),
  createAudit(say),
  creation.update,
  tags.update,
  ({ problems }) =>
    trouble.replaceChildren(
      ...problems.map((problem) =>
        el("p", { class: "banner bad" }, `Could not be read: ${problem}`),
      ),
    ),
];
byId("new-secret", HTMLElement).addEventListener("click", () => creation.open("secret"));
byId("new-key", HTMLElement).addEventListener("click", () => creation.open("key"));

watch(
  (view) => {
    for (const show of parts) show(view);
    document.body.dataset.ready = "yes";
  },
  (is) => {
    tell(live, is ? "live" : "not connected");
    live.className = `sev ${is ? "good" : "high"}`;
  },
);
