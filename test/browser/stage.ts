import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import { FORMATS } from "../../shared/core/report/formats.ts";

/** A page that shows a report, and what happened there that should not. */
export type Shown = {
  readonly page: Page;
  /** Errors of the script, messages of the console, refusals of the content policy, dialogs. */
  readonly trouble: string[];
  /** Everything that the page asked for besides itself. */
  readonly requests: string[];
};

const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Opens reports in a real browser, each from a file of its own. */
export class Stage {
  readonly #browser: Browser;
  readonly #folder: string;
  #files = 0;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  /** The program that shows reports. */
  readonly browser = BROWSER;

  static async open(): Promise<Stage> {
    const browser = await chromium.launch({
      executablePath: BROWSER,
      // Containers often run as root, where Chromium has no sandbox; the pages are our own.
      args: ["--no-sandbox"],
    });
    return new Stage(browser, await mkdtemp(join(tmpdir(), "tagwarden-browser-")));
  }

  /** Writes a report into a file of its own, which is removed in the end. */
  async write(report: AuditReport): Promise<string> {
    this.#files += 1;
    const file = join(this.#folder, `report-${this.#files}.html`);
    await writeFile(file, [...FORMATS.html.render(report)].join(""));
    return file;
  }

  async show(report: AuditReport, options: BrowserContextOptions = {}): Promise<Shown> {
    const file = await this.write(report);
    const viewport = { width: 1440, height: 900 };
    const context = await this.#browser.newContext({ viewport, ...options });
    const page = await context.newPage();
    const trouble: string[] = [];
    const requests: string[] = [];
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => trouble.push(message.text()));
    page.on("dialog", (dialog) => {
      trouble.push(`dialog ${dialog.message()}`);
      dialog.dismiss().catch(() => undefined);
    });
    page.on("request", (request) => requests.push(request.url().slice(0, 80)));
    await page.goto(pathToFileURL(file).href);
    return { page, trouble, requests: requests.splice(1) };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true });
  }
}
