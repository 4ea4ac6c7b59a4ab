// What travels with a bundle because of the packages that are in it: their licences, and a bill of materials.
// Both come from the files of which esbuild put something into the bundle, so they name exactly those packages.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./bundle.mjs";

/** Licences that ask for nothing but their text. */
export const ALLOWED_LICENCES = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
];

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;
const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** A licence that the build cannot carry along. */
export class LicenceError extends Error {}

/** The packages of a bundle by their names: version, licence, its text, and the integrity of the lock file. */
export async function packagesOf(inputs, root = ROOT) {
  const files = new Map();
  for (const input of inputs) {
    const [start, name] = PACKAGE.exec(input) ?? [];
    if (name !== undefined) files.set(start, [...(files.get(start) ?? []), input]);
  }
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  const folders = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  return Promise.all(
    folders.map(async ([start, bundled]) => {
      const folder = start.replace(/\/$/, "");
      const { name, version, license } = JSON.parse(
        await readFile(join(root, folder, "package.json"), "utf8"),
      );
      if (!ALLOWED_LICENCES.includes(license))
        throw new LicenceError(`${name}: the licence ${license ?? "(none)"} is not an allowed one`);
      const text = await licenceText({ name, license, folder: join(root, folder) }, bundled, root);
      return { name, version, license, text, integrity: lock.packages[folder]?.integrity };
    }),
  );
}

/**
 * The texts that a package brings. One without a file has the text that its licence is known by, which names no
 * holder of rights for Apache-2.0 (it is Tagwarden's own, too), and the holders that its sources name.
 */
async function licenceText({ name, license, folder }, bundled, root) {
  const names = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  if (names.length > 0) {
    const texts = await Promise.all(names.map((file) => readFile(join(folder, file), "utf8")));
    return texts.map((text) => text.trim()).join("\n\n");
  }
  if (license !== "Apache-2.0") throw new LicenceError(`${name}: brings no text of its licence`);
  const sources = await Promise.all(bundled.map((file) => readFile(join(root, file), "utf8")));
  const holders = sources.flatMap((text) => text.slice(0, 2_000).match(/Copyright .*/g) ?? []);
  const own = await readFile(join(root, "LICENSE"), "utf8");
  const [terms = ""] = own.split(/^APPENDIX: /m, 1);
  return [...new Set(holders.map((line) => line.trim())), "", terms.trim()].join("\n").trim();
}

/** The text that goes with a bundle: the licence of each package that is in it. */
export function noticesText(packages) {
  const rule = "=".repeat(80);
  const parts = packages.map(
    ({ name, version, license, text }) =>
      `${rule}\n${name} ${version} (${license})\n${rule}\n\n${text}\n`,
  );
  return [
    "What index.js contains beside Tagwarden's own code, and the licences of that.\n",
    ...parts,
  ].join("\n");
}

/** A bill of materials of a bundle in the form of CycloneDX 1.6, without a time or a random number. */
export function billOfMaterials({ name, version, text, packages }) {
  const own = `tagwarden-${name}@${version}`;
  const components = packages.map((one) => ({
    type: "library",
    "bom-ref": purlOf(one),
    name: one.name,
    version: one.version,
    ...hashOfIntegrity(one.integrity),
    licenses: [{ license: { id: one.license } }],
    purl: purlOf(one),
  }));
  const refs = components.map((component) => component["bom-ref"]);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": own,
        name: `tagwarden-${name}`,
        version,
        hashes: [{ alg: "SHA-256", content: createHash("sha256").update(text).digest("hex") }],
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components,
    dependencies: [{ ref: own, dependsOn: refs }, ...refs.map((ref) => ({ ref }))],
  };
}

/** A package URL; the scope's @ must be encoded. */
function purlOf({ name, version }) {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

/** `sha512-<base64>`, as lock files write it, the way bills of materials do. */
function hashOfIntegrity(integrity) {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity ?? "") ?? [];
  if (base64 === undefined) return {};
  return { hashes: [{ alg: "SHA-512", content: Buffer.from(base64, "base64").toString("hex") }] };
}
