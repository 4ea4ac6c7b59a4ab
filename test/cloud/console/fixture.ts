import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:http";
import { expect, vi } from "vitest";
import type { View } from "./view.ts";

export type Told = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
};

/** A request as it stands: `fetch` sets Host and Origin itself. */
export function send(
  url: string,
  method: string,
  headers: { readonly [name: string]: string },
  body = "",
): Promise<Told> {
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** What a browser does with the page: reads its token, and asks for states and actions. */
export async function openPage(url: string) {
  const page = await send(url, "GET", {});
  const token = /<meta name="token" content="([^"]+)">/.exec(page.text)?.[1] ?? "";
  const origin = new URL(url).origin;

  async function ask(path: string, body: object): Promise<{ status: number; body: unknown }> {
    const headers = { Origin: origin, "X-Console-Token": token };
    const { status, text } = await send(
      new URL(path, url).href,
      "POST",
      headers,
      JSON.stringify(body),
    );
    return { status, body: JSON.parse(text) };
  }

  async function state(): Promise<View> {
    const view: View = JSON.parse((await send(new URL("/state", url).href, "GET", {})).text);
    return view;
  }

  return {
    page,
    token,
    origin,
    ask,
    state,
    /** Asks again and again until it holds, or too much time is gone; answers with the state. */
    until: (holds: (view: View) => boolean): Promise<View> =>
      vi.waitFor(
        async () => {
          const view = await state();
          expect(holds(view), JSON.stringify(view).slice(0, 3_000)).toBe(true);
          return view;
        },
        { timeout: 20_000, interval: 50 },
      ),
  };
}
