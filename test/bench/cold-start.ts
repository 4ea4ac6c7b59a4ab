import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "./server.ts";
import { lowerQuartile, type Row } from "./table.ts";

const RUNS = 41;
const SIZE_KB_MAX = 300;
const ID = "0d0466b0-1111-4222-8333-94455aa0b001";

/** A fresh process that answers one event with the bundle, as FunctionGraph's runtime would call it. */
const OURS = `
const [code, port] = process.argv.slice(1);
const { handler } = require(code);
const settings = { HUAWEICLOUD_REGION: "eu-west-101", TAGWARDEN_GRACE: "0s",
  HUAWEICLOUD_KMS_ENDPOINT: "http://127.0.0.1:" + port };
const context = { getRequestID: () => "bench", getRemainingTimeInMilliSeconds: () => 30000,
  getUserData: (name) => settings[name], getProjectID: () => "0123456789abcdef0123456789abcdef",
  getSecurityAccessKey: () => "AK", getSecuritySecretKey: () => "SK", getSecurityToken: () => "T" };
const trace = { trace_id: "t", trace_name: "createKey", resource_type: "cmk", resource_name: "prod-db",
  resource_id: "${ID}", trace_rating: "normal", code: 200, time: 1700000000000, user: { name: "alice" },
  enterprise_project_id: "0", response: { key_info: { key_id: "${ID}" } } };
console.log = () => {};
handler({ cts: trace }, context).then((report) => {
  if (report.outcomes[0].kind !== "tagged" || report.calls !== 2) process.exit(9);
  process.stdout.write(String(process.resourceUsage().maxRSS), () => process.exit(0));
});`;

/** A fresh process that makes the same two calls with node:http and nothing else. */
const FLOOR = `
const [port] = process.argv.slice(1);
const http = require("node:http");
const agent = new http.Agent({ keepAlive: true });
const call = (method, path, body) => new Promise((resolve, reject) => {
  const request = http.request({ host: "127.0.0.1", port, method, path, agent }, (answer) => {
    let text = ""; answer.on("data", (part) => { text += part; }); answer.on("end", () => resolve(text));
  });
  request.on("error", reject); request.end(body);
});
(async () => {
  JSON.parse(await call("GET", "/v1.0/p/kms/${ID}/tags"));
  await call("POST", "/v1.0/p/kms/${ID}/tags/action",
    JSON.stringify({ action: "create", tags: [{ key: "Owner", value: "a@example.com" }] }));
  process.stdout.write(String(process.resourceUsage().maxRSS), () => process.exit(0));
})();`;

type Sample = { readonly ms: number; readonly mb: number };

function run(script: string, args: readonly string[]): Sample {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", script, "--", ...args], {
    encoding: "utf8",
  });
  const ms = performance.now() - startedMs;
  if (status !== 0) throw new Error(`a measured process ended with ${status}: ${stderr}`);
  return { ms, mb: Number(stdout) / 1024 };
}

/** Cold start, peak memory and size of a creation function: both sides in turns, lower quartiles. */
export async function measureColdStart(dist: string, script: string): Promise<readonly Row[]> {
  const bundle = join(dist, "key-created", "index.js");
  const server = await startServer(script, 0);
  const ours: Sample[] = [];
  const floor: Sample[] = [];
  try {
    for (let index = 0; index < RUNS; index++) {
      floor.push(run(FLOOR, [server.port]));
      ours.push(run(OURS, [bundle, server.port]));
    }
  } finally {
    server.stop();
  }
  const kb = statSync(bundle).size / 1000;
  return [
    compare(
      "Cold start to the first event answered",
      "ms",
      1.5,
      pick(ours, "ms"),
      pick(floor, "ms"),
    ),
    compare("Peak memory of a creation handler", "MB", 1.4, pick(ours, "mb"), pick(floor, "mb")),
    {
      what: "Size of a creation bundle",
      ours: `${kb.toFixed(1)} kB`,
      floor: "",
      ratio: null,
      reach: `≤ ${SIZE_KB_MAX} kB`,
      holds: kb <= SIZE_KB_MAX,
    },
  ];
}

const pick = (samples: readonly Sample[], field: keyof Sample) =>
  lowerQuartile(samples.map((sample) => sample[field]));

function compare(what: string, unit: string, max: number, ours: number, floor: number): Row {
  const ratio = ours / floor;
  return {
    what,
    ours: `${ours.toFixed(1)} ${unit}`,
    floor: `${floor.toFixed(1)} ${unit}`,
    ratio,
    reach: `≤ ${max}`,
    holds: ratio <= max,
  };
}
