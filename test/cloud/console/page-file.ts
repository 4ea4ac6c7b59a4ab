import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { STYLE as REPORT_STYLE } from "../../../shared/core/report/html/style.ts";
import type { About } from "./view.ts";

/** The page as it is sent, and the policy that allows it these very bytes of script and style and nothing else. */
export type Page = { readonly html: string; readonly contentPolicy: string };

/** Reads what the build put into `console/`: markup, style and script. The report's style comes first. */
export function readPage(bundles: string, token: string, about: About): Page {
  const part = (name: string) => readFileSync(join(bundles, "console", name), "utf8");
  const style = `${REPORT_STYLE}${part("page.css")}`;
  const script = part("page.js");
  // Not as text for `replace`: a `$&` in a script would be taken for a pattern.
  const html = part("page.html")
    .replace("/* style */", () => style)
    .replace("/* script */", () => script)
    .replace("{{token}}", () => token)
    .replace("{{about}}", () => escapeMarkup(JSON.stringify(about)));
  const contentPolicy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return { html, contentPolicy };
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
