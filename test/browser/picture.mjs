// Makes the README's picture of the report: npm start, then npm run picture [-- <report.html> [<picture.png>]].
// It shows the top of the page as the demonstration left it, light, as wide as a desk has room for.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findBrowser, MISSING } from "./chromium.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const WIDTH = 1200;
export const HEIGHT = 792;

/** Photographs the top of a report. */
export async function takePicture({ browser, report, picture }) {
  // Containers often run as root, where Chromium has no sandbox; the page is our own.
  const chrome = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
  try {
    const viewport = { width: WIDTH, height: HEIGHT };
    const context = await chrome.newContext({ viewport, colorScheme: "light", locale: "en" });
    const page = await context.newPage();
    await page.goto(pathToFileURL(report).href);
    await page.screenshot({ path: picture, type: "png" });
  } finally {
    await chrome.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [
    report = resolve(ROOT, ".local/report.html"),
    picture = resolve(ROOT, "infra/report.png"),
  ] = process.argv.slice(2);
  const browser = findBrowser("picture");
  if (browser === undefined) {
    process.exitCode = MISSING;
  } else if (existsSync(report)) {
    await takePicture({ browser, report, picture });
    process.stdout.write(`${picture}\n`);
  } else {
    process.stderr.write(`picture needs ${report}: run \`npm start\` first, or name a report\n`);
    process.exitCode = MISSING;
  }
}
