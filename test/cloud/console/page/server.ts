import type { About, Refused, View } from "../view.ts";

/** What an action came to. */
export type Answer<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly refused: Refused };

function meta(name: string): string {
  return document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? "";
}

/** What does not change while the cloud runs. */
export function readAbout(): About {
  const about: About = JSON.parse(meta("about"));
  return about;
}

/** Asks the console's server for an action. Never rejects: what goes wrong on the way is a refusal, too. */
export async function ask<Body>(path: string, body: object): Promise<Answer<Body>> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Console-Token": meta("token") },
      body: JSON.stringify(body),
    });
    if (response.ok) return { ok: true, body: await response.json() };
    return { ok: false, refused: await response.json() };
  } catch {
    return {
      ok: false,
      refused: { problem: "The local cloud does not answer. Is it still running?" },
    };
  }
}

/** Calls back with each state, and with whether there is a connection. */
export function watch(show: (view: View) => void, connected: (is: boolean) => void): void {
  const events = new EventSource("/events");
  events.addEventListener("open", () => connected(true));
  events.addEventListener("error", () => connected(false));
  events.addEventListener("message", ({ data }) => show(JSON.parse(String(data))));
}
