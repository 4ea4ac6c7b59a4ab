/**
 * Goal: whoever gets a zip knows what is in it, under which licences, and of which version and policy.
 * Method: what the build wrote, compared with the bundles and with the packages as they are installed.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { functionNames } from "../functions/bundle.mjs";
import { packagesOf } from "../functions/notices.mjs";

const ROOT = new URL("..", import.meta.url).pathname;
const BUILT = join(ROOT, ".local");
const names = await functionNames();
const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

/** The official schema of CycloneDX 1.6, as the project's own library brings it. */
async function officialSchema() {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const library = createRequire(import.meta.url).resolve(
    "@cyclonedx/cyclonedx-library/package.json",
  );
  const schemas = join(dirname(library), "res", "schema");
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    const file = `${name}.SNAPSHOT.schema.json`;
    ajv.addSchema(await readJson(join(schemas, file)), `http://cyclonedx.org/schema/${file}`);
  }
  return ajv.compile(await readJson(join(schemas, "bom-1.6.SNAPSHOT.schema.json")));
}

/** Packages that every bundle has something of, and those of the functions with a store and a queue. */
const EVERYWHERE = ["@huaweicloud/huaweicloud-sdk-core", "undici", "zod"];
const BULK = [...EVERYWHERE, "@rgrove/parse-xml", "kafka-ts"].sort();
const PACKAGES: { readonly [name: string]: readonly string[] } = {
  "secret-created": EVERYWHERE,
  "key-created": EVERYWHERE,
  retag: BULK,
  audit: BULK,
};

const isOfficial = await officialSchema();

describe.each(names)("%s", (name) => {
  test("names in its bill of materials exactly what is bundled", async () => {
    const bill = await readJson(join(BUILT, `${name}.sbom.json`));
    const { name: own, version, hashes } = bill.metadata.component;
    const bundle = await readFile(join(BUILT, name, "index.js"));
    const content = createHash("sha256").update(bundle).digest("hex");
    expect([own, version]).toEqual([
      `tagwarden-${name}`,
      (await readJson(join(ROOT, "package.json"))).version,
    ]);
    expect(hashes).toEqual([{ alg: "SHA-256", content }]);
    const components: readonly { name: string; version: string; hashes?: object }[] =
      bill.components;
    expect(components.map((it) => it.name)).toEqual(PACKAGES[name]);
    for (const it of components) {
      const installed = await readJson(join(ROOT, "node_modules", it.name, "package.json"));
      expect(it).toMatchObject({
        version: installed.version,
        licenses: [{ license: { id: installed.license } }],
      });
      expect(it.hashes).toEqual([
        { alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) },
      ]);
    }
  });

  test("has a bill of materials that the official schema accepts", async () => {
    const bill = await readJson(join(BUILT, `${name}.sbom.json`));
    expect([isOfficial(bill), isOfficial.errors]).toEqual([true, null]);
    expect(isOfficial({ ...bill, components: [{ type: "thing" }] })).toBe(false);
  });

  test("carries the licence of each of them, and holds as little else as they do", async () => {
    const text = await readFile(join(BUILT, name, "THIRD-PARTY-LICENSES.txt"), "utf8");
    expect(text.match(/^(?<=={80}\n)\S+ \S+ \(/gm)).toHaveLength(PACKAGES[name]?.length ?? 0);
    for (const brought of PACKAGES[name] ?? []) {
      const licence = join(ROOT, "node_modules", brought, "LICENSE");
      const own = existsSync(licence) ? await readFile(licence, "utf8") : "Apache License";
      expect(text).toContain(own.trim());
    }
    for (const holder of ["Huawei Technologies", "Matteo Collina", "Colin McDonnell"])
      expect(text).toContain(holder);
    expect(text).not.toMatch(/moment|lodash|\/tmp\/|APPENDIX/);
  });

  test("says its version and policy in the zip's folder", async () => {
    const { hash } = await readJson(join(BUILT, name, "policy.json"));
    const { version } = await readJson(join(ROOT, "package.json"));
    expect(await readJson(join(BUILT, name, "tagwarden.json"))).toEqual({
      name,
      version,
      policyHash: hash,
    });
  });
});

describe("a package", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "tagwarden-notices-"));
    await writeFile(
      join(root, "LICENSE"),
      "Terms of Apache.\nAPPENDIX: how to apply\nCopyright somebody\n",
    );
    await writeFile(join(root, "package-lock.json"), JSON.stringify({ packages: {} }));
  });
  afterEach(() => rm(root, { recursive: true }));

  async function install(license: string | undefined, files: Record<string, string>) {
    const folder = join(root, "node_modules/@a/b");
    await mkdir(folder, { recursive: true });
    const all = {
      "package.json": JSON.stringify({ name: "@a/b", version: "1.0.0", license }),
      ...files,
    };
    for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text);
    return packagesOf(["shared/a.ts", "node_modules/@a/b/index.js", "seldom:kafka-ts"], root);
  }

  test("that may be bundled gives its own text", async () => {
    const [one] = await install("MIT", {
      LICENSE: "MIT, by me\n",
      "licence.md": "more\n",
      "README.md": "no",
    });
    expect(one).toMatchObject({
      name: "@a/b",
      version: "1.0.0",
      license: "MIT",
      text: "MIT, by me\n\nmore",
    });
  });

  test("of Apache-2.0 without a text has the terms, and the holders that its sources name", async () => {
    const [one] = await install("Apache-2.0", {
      "index.js": "/*\n * Copyright 2020 Them.\n */\nmore",
    });
    expect(one?.text).toBe("Copyright 2020 Them.\n\nTerms of Apache.");
  });

  test.each([
    ["MIT", /@a\/b: brings no text/],
    ["GPL-3.0", /@a\/b: the licence GPL-3.0/],
    ["SEE LICENSE IN x", /not an allowed one/],
    [undefined, /\(none\)/],
  ])("of %s without a text fails the build", async (license, problem) => {
    await expect(install(license, { "index.js": "" })).rejects.toThrow(problem);
  });
});
