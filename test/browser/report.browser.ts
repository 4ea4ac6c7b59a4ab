/**
 * Goal: the HTML report works where people read it: in a browser, with keyboard and screen reader, light
 * and dark, narrow, printed and without script, and whatever the values are.
 * Method: a real Chromium opens the file; axe judges accessibility; state is read from the page.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { visible } from "../../shared/core/report/visible.ts";
import { HOSTILE } from "../report/hostile.ts";
import {
  CLEAN,
  EMPTY,
  EXEMPT,
  HOSTILE_REPORT,
  INCOMPLETE,
  large,
  SMALL,
} from "../report/samples.ts";
import { HEIGHT, takePicture, WIDTH } from "./picture.mjs";
import { Stage } from "./stage.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage.close();
});

async function faultsOf(page: Page): Promise<unknown> {
  // Through the debugger, not through the page: the content policy lets no foreign script in.
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html.slice(0, 200)]))`,
  );
}

const toldSchema = z.object({
  costs: z.array(z.object({ ms: z.number(), changed: z.number() })),
  long: z.array(z.number()),
});

const rows = (page: Page) => page.locator("#rows tr");

describe("accessibility", () => {
  const reports = { SMALL, INCOMPLETE, HOSTILE_REPORT };
  const looks = [
    { name: "light", colorScheme: "light", width: 1440 },
    { name: "dark", colorScheme: "dark", width: 1440 },
    { name: "a phone", colorScheme: "light", width: 390 },
    { name: "a dark phone", colorScheme: "dark", width: 390 },
  ] as const;

  const LARGE = large(10_500);
  const others = { CLEAN, EMPTY, EXEMPT, LARGE };
  test.each(
    Object.entries(others).flatMap(([name, report]) =>
      (["light", "dark"] as const).map((colorScheme) => ({ name, report, colorScheme })),
    ),
  )("of $name has no fault, $colorScheme", async ({ report, colorScheme }) => {
    const { page } = await stage.show(report, { colorScheme });
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  describe.each(Object.entries(reports))("of %s", (_name, report) => {
    test.each(looks)("has no fault on $name", async ({ colorScheme, width }) => {
      const viewport = { width, height: 900 };
      const { page } = await stage.show(report, { colorScheme, viewport });
      expect(await faultsOf(page)).toEqual([]);
      await page.context().close();
    });
  });

  test.each([1440, 768, 390, 320])("the page never scrolls sideways at %i px", async (width) => {
    for (const report of [SMALL, INCOMPLETE, HOSTILE_REPORT]) {
      const { page } = await stage.show(report, { viewport: { width, height: 900 } });
      const scroll = await page.evaluate("document.documentElement.scrollWidth");
      expect(scroll).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });
});

describe("harmlessness", () => {
  test("nothing that a value says is done, and every value can be read", async () => {
    const { page, trouble, requests } = await stage.show(HOSTILE_REPORT);
    expect(trouble).toEqual([]);
    expect(requests).toEqual([]);
    expect(await page.locator("script, img, iframe, [onmouseover], [onerror]").count()).toBe(1);
    const found = await page.locator("#rows td:nth-child(4) > bdi").allTextContents();
    // An empty name is said to be empty, in words of our own.
    expect(found).toHaveLength(HOSTILE.length - 1);
    const plain = HOSTILE.filter((value) => value.trim() !== "" && visible(value) === value);
    for (const value of plain) expect(found).toContain(value);
    expect(found).toContain("U+202Egnp.exeU+202C");
    expect(found).toContain("U+D800 lone U+DFFF");
    await page.context().close();
  });

  test("a script that got into the page would not run", async () => {
    const { page, trouble } = await stage.show(SMALL);
    await page.evaluate(
      `{ const s = document.createElement("script"); s.textContent = "document.title = 'run'"; document.body.append(s);
         const i = document.createElement("img"); i.src = "https://example.invalid/x.png"; document.body.append(i);
         document.body.setAttribute("onclick", "document.title = 'run'"); document.body.click(); }`,
    );
    expect(await page.title()).not.toBe("run");
    expect(trouble.join()).toMatch(/Content Security Policy/);
    await page.context().close();
  });
});

describe("completeness", () => {
  test("an incomplete audit says so first, in red, and shows no 100 %", async () => {
    const { page } = await stage.show(INCOMPLETE);
    const banner = page.locator("header .banner.bad");
    expect(await banner.locator("strong").textContent()).toMatch(/^Incomplete/);
    const color = String(
      await page.evaluate("getComputedStyle(document.querySelector('.banner strong')).color"),
    );
    const [red = 0, green = 0] = (color.match(/\d+/g) ?? []).map(Number);
    expect(red).toBeGreaterThan(3 * green);
    expect(await page.locator(".cards").textContent()).not.toMatch(/\b100 %/);
    expect(await page.title()).toMatch(/^Incomplete/);
    await page.context().close();
  });
});

describe("without script", () => {
  test("all tables are there with all their rows, and no control that does nothing", async () => {
    const { page } = await stage.show(SMALL, { javaScriptEnabled: false });
    expect(await rows(page).count()).toBe(SMALL.findings.length);
    expect(await page.locator(".controls").isVisible()).toBe(false);
    expect(await page.locator("button:visible").count()).toBe(0);
    for (const id of [
      "rules",
      "keys",
      "places",
      "owners",
      "changes",
      "exemptions",
      "coverage",
      "log",
    ])
      expect(await page.locator(`#${id} table tbody tr`).first().isVisible()).toBe(true);
    await page.context().close();
  });
});

describe("the findings", () => {
  test("are filtered by text, severity, status, rule and type, together", async () => {
    const { page } = await stage.show(SMALL);
    await page.locator("#q").fill("CHECKOUT prohibited");
    const wanted = await rows(page).allTextContents();
    expect(wanted.length).toBeGreaterThan(0);
    for (const text of wanted) expect(text.toLowerCase()).toContain("checkout");
    await page.locator("#q").press("Escape");
    expect(await page.locator("#q").inputValue()).toBe("");
    await page.locator("#severity").selectOption("high");
    await page.locator("#status").selectOption("exempt");
    await page.locator("#type").selectOption("secret");
    const exempt = SMALL.findings.filter(
      (one) => one.severity === "high" && one.status === "exempt" && one.resource_type === "secret",
    );
    expect(await rows(page).count()).toBe(exempt.length);
    await page.locator("#rule").selectOption("Owner.alias");
    expect(await rows(page).count()).toBe(0);
    expect(await page.locator("#count").textContent()).toBe("No finding matches.");
    await page.locator("#clear").click();
    expect(await page.locator("#count").textContent()).toBe("Showing 50 of 62 findings");
    await page.context().close();
  });

  test("are sorted by keyboard alone, both ways, and say so", async () => {
    const { page } = await stage.show(EXEMPT);
    const head = page.locator(".findings thead th").nth(3);
    await head.locator("button").focus();
    await page.keyboard.press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    const up = await page.locator("#rows td:nth-child(4)").allTextContents();
    await page.keyboard.press("Space");
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    const down = await page.locator("#rows td:nth-child(4)").allTextContents();
    expect(up).not.toEqual(down);
    expect([...up].sort()).toEqual([...down].sort());
    await page.context().close();
  });

  test("of a rule are shown from the rule's name", async () => {
    const { page } = await stage.show(SMALL);
    await page.locator("#rules a.rule", { hasText: "Owner.alias" }).click();
    const rules = await page.locator("#rows td:nth-child(3)").allTextContents();
    expect(new Set(rules)).toEqual(new Set(["Owner.alias"]));
    await page.context().close();
  });

  test("give their resource's id to the clipboard", async () => {
    const permissions = ["clipboard-read", "clipboard-write"];
    const { page } = await stage.show(SMALL, { permissions });
    const id = await page.locator("#rows .id code").first().textContent();
    await page.locator("#rows button.copy").first().click();
    await page.locator("#said", { hasText: `Copied ${id}` }).waitFor({ state: "attached" });
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(id);
    await page.context().close();
  });

  test("are the ten thousand gravest, the first fifty of them", async () => {
    const { page } = await stage.show(large(10_500));
    expect(await rows(page).count()).toBe(50);
    expect(await page.locator("#count").textContent()).toBe("Showing 50 of 10,000 findings");
    await page.locator("#more").click();
    expect(await rows(page).count()).toBe(300);
    expect(await page.evaluate("document.activeElement.closest('tr') !== null")).toBe(true);
    expect(await page.locator("#findings .lead").textContent()).toMatch(/10,000 gravest/);
    await page.context().close();
  });
});

describe("filter and sort over ten thousand findings", () => {
  test("cost one pass and a small layout: few rows change, however many findings there are", async () => {
    const { page } = await stage.show(large(10_500));
    const told = await page.evaluate(
      `(async () => {
         const long = [];
         const watch = new PerformanceObserver((list) => long.push(...list.getEntries().map((one) => Math.round(one.duration))));
         watch.observe({ entryTypes: ["longtask"] });
         let changed = 0;
         const changes = new MutationObserver((list) => {
           for (const { addedNodes, removedNodes } of list) changed += addedNodes.length + removedNodes.length;
         });
         changes.observe(document.getElementById("rows"), { childList: true, subtree: true });
         const pause = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
         const steps = [];
         for (const text of ["p", "pr", "pro", "prod", "", "zzz", ""])
           steps.push(() => { q.value = text; q.dispatchEvent(new Event("input")); });
         for (const head of document.querySelectorAll(".findings thead th button"))
           steps.push(() => head.click(), () => head.click());
         const costs = [];
         for (const step of steps) {
           const from = performance.now();
           changed = 0;
           step();
           document.body.getBoundingClientRect();
           const ms = performance.now() - from;
           await pause();
           costs.push({ ms: Math.round(ms), changed });
         }
         await pause();
         return { costs, long };
       })()`,
    );
    const { costs, long } = toldSchema.parse(told);
    process.stdout.write(
      `filter and sort over 10,000 findings, ms per step: ${costs.map(({ ms }) => ms).join(" ")}; long tasks, ms: ${long.join(" ")}\n`,
    );
    // At most the fifty rows that went, the fifty that came, and a button for each of these.
    for (const { changed } of costs) expect(changed).toBeLessThanOrEqual(150);
    expect(costs).toHaveLength(7 + 2 * 8);
    await page.context().close();
  });
});

describe("the picture of the README", () => {
  test("is made from a report, as wide as it is shown", async () => {
    const report = await stage.write(SMALL);
    const picture = `${report}.png`;
    await takePicture({ browser: stage.browser, report, picture });
    const bytes = await readFile(picture);
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([WIDTH, HEIGHT]);
    expect(bytes.length).toBeGreaterThan(20_000);
  });
});

describe("on paper", () => {
  test("nothing is cut: no table scrolls, and none is wider than the page", async () => {
    const { page } = await stage.show(SMALL, { viewport: { width: 740, height: 1000 } });
    await page.emulateMedia({ media: "print" });
    const cut = await page.evaluate(
      `[...document.querySelectorAll(".scroll, .cards")].filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1).map((one) => one.getAttribute("aria-label"))`,
    );
    expect(cut).toEqual([]);
    await page.context().close();
  });

  test("there are no controls, and colours are those for light", async () => {
    const { page } = await stage.show(SMALL, { colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(
      await page
        .locator(".controls, nav, .skip, #more, button.copy")
        .locator("visible=true")
        .count(),
    ).toBe(0);
    const color = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(color).toBe("rgb(255, 255, 255)");
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.length).toBeGreaterThan(10_000);
    await page.context().close();
  });
});
