/**
 * Goal: somebody at the page of the local cloud sees what happens and gets done what they want: by mouse, by
 * keyboard, light and dark, on a phone, and whatever the values are.
 * Method: a real Chromium on `npm run dev`'s own program, with functions built from a policy that replaces wrong
 * values; axe judges accessibility.
 */
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { build } from "../../esbuild.config.mjs";
import { runLocalCloud } from "../cloud/main.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const INFRA = new URL("../../infra/policy", import.meta.url).pathname;
const HOSTILE = `"><img src=x onerror=document.title=1>`;

const interruption = new AbortController();
let browser: Browser;
let folder = "";
let url = "";
let exit: Promise<number>;

async function* nothing(): AsyncGenerator<string> {}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tagwarden-console-"));
  await cp(INFRA, join(folder, "policy"), { recursive: true });
  const policy = join(folder, "policy", "tag-policy.yaml");
  const text = await readFile(policy, "utf8");
  await writeFile(
    policy,
    text.replace("  Environment:\n", "  Environment:\n    whenPresent: correct\n"),
  );
  await build({ policy, outdir: join(folder, "built") });
  const lines: string[] = [];
  exit = runLocalCloud(["--grace", "1s"], {
    bundles: join(folder, "built"),
    write: (line) => lines.push(line),
    complain: (line) => lines.push(line),
    typed: nothing(),
    signal: interruption.signal,
  });
  url = await vi.waitFor(() => {
    const found = /http:\S+\//.exec(lines[0] ?? "")?.[0];
    if (found === undefined) throw new Error(`no address in ${lines.join("\n")}`);
    return found;
  });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
});
afterAll(async () => {
  await browser.close();
  interruption.abort();
  expect(await exit).toBe(130);
  await rm(folder, { recursive: true });
});

/** The page, and what happened there that should not. */
async function open(options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("console", (message) => {
    // The browser itself tells of each refusal.
    if (!message.text().includes("status of 422")) trouble.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:"))
      trouble.push(request.url());
  });
  await page.goto(url);
  await page.locator("body[data-ready]").waitFor();
  return { page, trouble, close: () => context.close() };
}

async function faultsOf(page: Page): Promise<unknown> {
  // Through the debugger, not through the page: the content policy lets no foreign script in.
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html.slice(0, 200)]))`,
  );
}

const row = (page: Page, name: string) =>
  page.locator("#resource-rows tr").filter({ has: page.getByText(name, { exact: true }) });
const entry = (page: Page, text: string) => page.locator("#activity-rows > li", { hasText: text });

async function create(
  page: Page,
  kind: "secret" | "key",
  fields: { readonly [id: string]: string },
) {
  await page.locator(`#new-${kind}`).click();
  for (const [id, text] of Object.entries(fields)) await page.locator(`#create-${id}`).fill(text);
  await page.locator("#create-submit").click();
}

async function setTag(page: Page, name: string, key: string, value: string) {
  await page.getByRole("button", { name: `Edit tags of ${name}`, exact: true }).click();
  await page.locator("#tags-key").fill(key);
  await page.locator("#tags-value").fill(value);
  await page.locator("#tags button[type=submit]").click();
}

test("an empty page says what to do first", async () => {
  const { page, trouble, close } = await open();
  expect(await page.locator("#resource-none").textContent()).toMatch(/Create a secret or a key/);
  expect(await page.locator("#activity-none").isVisible()).toBe(true);
  expect(await faultsOf(page)).toEqual([]);
  expect(trouble).toEqual([]);
  await close();
});

test("a new key and a new secret are seen with their traces, outcomes and tags, and who set them", async () => {
  const { page, trouble, close } = await open();
  await create(page, "key", { name: "prod-mail", tags: "CostCenter = CC-4711\n" });
  await entry(page, "createKey prod-mail").locator(".sev.good").waitFor();
  await page.locator("#new-secret").click();
  await page.locator("#create-name").fill("prod-mail-api");
  await page.locator("#create-person").fill("dave");
  await page.locator("#create-key").selectOption({ label: "prod-mail" });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.locator("#create-submit").click();
  await page
    .locator("#said", { hasText: "Created the secret prod-mail-api. Its function is at work." })
    .waitFor({ state: "attached" });
  // Before the grace is over, what is to come is shown as pending.
  await row(page, "prod-mail-api").locator(".chip.create", { hasText: "DataClass" }).waitFor();
  const creation = entry(page, "createSecret prod-mail-api by dave");
  await creation.locator(".sev.good", { hasText: "tagged" }).waitFor();
  const told = await creation.locator(".outcome li", { hasText: "CostCenter" }).textContent();
  expect(told).toBe("+create CostCenterCC-4711from inherit kmsKey");
  await row(page, "prod-mail-api").locator(".chip", { hasText: "CreatedBy dave" }).waitFor();
  expect(await row(page, "prod-mail-api").locator(".pending").count()).toBe(0);
  expect(trouble).toEqual([]);
  await close();
});

test("a wrong value is found by an audit, put right by a retag, and taken back", async () => {
  const { page, trouble, close } = await open();
  await setTag(page, "prod-mail-api", "Environment", "moon");
  await page.locator("#tags-rows tr", { hasText: "moon" }).waitFor();
  await page.locator("#tags [data-close]").click();
  await row(page, "prod-mail-api").locator(".chip.overwrite").waitFor();

  await page.locator("#run-audit").click();
  const audit = page.locator("#audit-shown");
  await audit.locator("tr", { hasText: "Environment.allowed" }).waitFor();
  expect(await audit.locator(".banner").textContent()).toContain(
    "secrets: the API counts 1, examined 1",
  );
  const [report] = await Promise.all([
    page.context().waitForEvent("page"),
    audit.getByRole("link", { name: "Open the report" }).click(),
  ]);
  await report.locator("#rows tr", { hasText: "Environment.allowed" }).waitFor();
  // The report's own script runs, and cannot reach the console's page.
  await report.locator("#q").fill("moon");
  expect(await report.locator("#rows tr").count()).toBe(1);
  expect(await report.evaluate("window.origin")).toBe("null");
  await report.close();

  await page.locator("#plan").click();
  const plan = page.locator("#plan-shown");
  await plan.locator("tr", { hasText: "Environment" }).waitFor();
  expect(await plan.locator("table").first().locator("td").allTextContents()).toEqual([
    "Environment",
    "~overwrite moon → prod",
    "from fromName",
  ]);
  expect(await plan.locator("#plan-sum").textContent()).toBe(
    "1 of 2 resources to change. Nothing is written yet.",
  );
  await plan.getByRole("button", { name: "Apply 1 change" }).click();
  const runs = page.locator("#runs li");
  await runs.first().locator(".sev.good", { hasText: "finished" }).waitFor();
  await row(page, "prod-mail-api").locator(".chip", { hasText: "Environment prod" }).waitFor();

  await runs.first().getByRole("button", { name: "Undo" }).click();
  await plan.locator("td", { hasText: "prod → moon" }).waitFor();
  await plan.getByRole("button", { name: "Apply 1 change" }).click();
  await runs.nth(1).waitFor();
  await row(page, "prod-mail-api")
    .locator(".chip", { hasText: "Environment moon" })
    .first()
    .waitFor();
  // The newest run comes first only once the page has drawn it.
  const taking = runs.filter({ hasText: "takes back" }).first();
  await taking.locator(".sev.good", { hasText: "finished" }).waitFor();
  expect(trouble).toEqual([]);
  await close();
});

describe("what is filled in wrongly", () => {
  test("is said beside its field, which gets the focus", async () => {
    const { page, close } = await open();
    await create(page, "secret", { name: "no spaces, please" });
    await page.locator("#create-name-error", { hasText: "64 letters" }).waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("create-name");
    expect(await page.locator("#create-name").getAttribute("aria-invalid")).toBe("true");
    expect(await faultsOf(page)).toEqual([]);
    await page.locator("#create-name").fill("prod-mail-api");
    await page.locator("#create-submit").click();
    await page.locator("#create-name-error", { hasText: "this name already" }).waitFor();
    await page.locator("#create-name").fill("dev-x");
    await page.locator("#create-tags").fill("Owner=a\nno tag");
    await page.locator("#create-submit").click();
    expect(await page.locator("#create-tags-error").textContent()).toContain("no tag");
    expect(await page.locator("#create-name-error").isVisible()).toBe(false);
    await page.keyboard.press("Escape");
    expect(await page.locator("#create").isVisible()).toBe(false);
    await close();
  });

  test("a tag that the service refuses is told in plain words", async () => {
    const { page, close } = await open();
    await setTag(page, "prod-mail", "Note", "x".repeat(44));
    await page.locator("#tags-value-error", { hasText: "longer than KMS accepts" }).waitFor();
    await close();
  });
});

test("no value is read as markup, wherever it is shown", async () => {
  const { page, trouble, close } = await open();
  await create(page, "key", { name: "dev-hostile", person: HOSTILE });
  await entry(page, "dev-hostile").waitFor();
  expect(await entry(page, "dev-hostile").textContent()).toContain(HOSTILE);
  await setTag(page, "dev-hostile", "Note", HOSTILE);
  await page.locator("#tags-value-error", { hasText: "does not accept" }).waitFor();
  expect(await page.locator("img, iframe, [onerror]").count()).toBe(0);
  expect(await page.title()).toBe("Tagwarden: local cloud");
  expect(trouble).toEqual([]);
  await close();
});

test("everything can be done by keyboard alone", async () => {
  const { page, close } = await open();
  await page.locator("#new-key").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("dev-keyboard");
  await page.keyboard.press("Enter");
  await entry(page, "createKey dev-keyboard").locator(".sev.good").waitFor();
  expect(await page.evaluate("document.activeElement.id")).toBe("new-key");
  await page.locator("#filter").focus();
  await page.keyboard.type("keyboard");
  expect(await page.locator("#resource-rows tr").count()).toBe(1);
  await page.keyboard.press("Escape");
  expect(await page.locator("#resource-rows tr").count()).toBeGreaterThan(1);
  await page.locator("#plan").focus();
  await page.keyboard.press("Enter");
  await page.locator("#plan-shown .panel").waitFor();
  expect(await page.evaluate("document.activeElement.id")).toBe("plan-shown");
  await close();
});

describe.each([
  { name: "light", colorScheme: "light", width: 1440 },
  { name: "dark", colorScheme: "dark", width: 1440 },
  { name: "a phone", colorScheme: "light", width: 360 },
  { name: "a dark phone", colorScheme: "dark", width: 360 },
] as const)("on $name", ({ colorScheme, width }) => {
  test("axe finds no fault in the page, its forms and its panels, and nothing scrolls sideways", async () => {
    const { page, close } = await open({ colorScheme, viewport: { width, height: 800 } });
    await page.locator("#tag-calls").check();
    await page.locator("#plan").click();
    await page.locator("#plan-shown .panel").waitFor();
    await page.locator("#audit-shown .panel").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    for (const opener of ["#new-secret", "#resource-rows button >> nth=0"]) {
      await page.locator(opener).click();
      expect(await faultsOf(page)).toEqual([]);
      const box = await page.locator("dialog[open]").boundingBox();
      expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? width + 1) <= width).toBe(true);
      await page.locator("dialog[open] [data-close]").click();
    }
    await close();
  });
});
