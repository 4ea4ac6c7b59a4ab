import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Option } from "commander";
import type { Finding } from "../core/audit/finding.ts";
import { baselineOf, newSince, withHistory } from "../core/audit/history.ts";
import { REMEDIATIONS, type Remediation } from "../core/audit/remediation.ts";
import { isJsonObject, own, parseJson } from "../core/json-value.ts";
import type { Policy, Severity } from "../core/policy/policy.ts";
import { FORMAT_NAMES, FORMATS, type FormatName } from "../core/report/formats.ts";
import { runAudit } from "../io/audit/audit.ts";
import { readHistory } from "../io/audit/audit-store.ts";
import { connectPlaces } from "../io/audit/places.ts";
import { type Remedied, remedy } from "../io/audit/remediation.ts";

import { readScopesFile } from "./audit-scopes-file.ts";
import { showAudit, showRemedied } from "./audit-text.ts";
import { readEnvironment } from "./environment.ts";
import { EXIT, type ExitCode, gravestExit, Stop } from "./exit-code.ts";
import { requireOutput, writeOutput } from "./output-file.ts";
import { requirePolicy } from "./policy-choice.ts";
import { type CliRuns, withRuns } from "./run-access.ts";
import { type RunOptions, withRateOption, withStoreOption } from "./run-options.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = RunOptions & {
  readonly out?: readonly string[];
  readonly failOn: Severity | "never";
  readonly baseline?: string;
  readonly remediate: Remediation;
  readonly scopes?: string;
};

/** Judges every secret and key by the policy, and writes the report. */
export const audit: Verb = {
  name: "audit",
  define: (command, act) =>
    withRateOption(withStoreOption(command))
      .description("Judge the tags of every secret and key, and report what is wrong.")
      .option("--out <format=file>", `write a report: ${FORMAT_NAMES.join(", ")}`, collect)
      .addOption(
        new Option("--fail-on <severity>", "gravest finding that is still no failure is below this")
          .choices(["low", "medium", "high", "critical", "never"])
          .default("low"),
      )
      .option("--baseline <report.json>", "fail only on what an earlier report does not have")
      .addOption(
        new Option("--remediate <how>", "turn fixable findings into a plan, or a run")
          .choices(REMEDIATIONS)
          .default("off"),
      )
      .option("--scopes <file>", "regions and projects to audit beside each other")
      .addHelpText(
        "after",
        examples([
          ["audit --out html=report.html", "the report as one page"],
          ["audit --out sarif=tags.sarif --fail-on high", "for a pipeline"],
          ["audit --baseline last.json", "only what is new"],
          ["audit --remediate plan", "then: tagwarden apply --resume <run>"],
        ]),
      )
      .action((options: Options) => act((session) => run(session, options))),
};

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

async function run(session: Session, options: Options): Promise<ExitCode> {
  const { world } = session;
  const outputs = readOutputs(options.out ?? []);
  for (const { file } of outputs) await requireOutput(file, world);
  const known =
    options.baseline === undefined ? null : await readBaseline(options.baseline, session);
  const { file, policy } = await requirePolicy(session);
  return withRuns(world, options, async (runs) => {
    const parts = { session, options, policy, runs };
    const { report, remedied } = await work(parts);
    for (const { format, file: path } of outputs) {
      const text = [...FORMATS[format].render(report, { file, lines: new Map() })].join("");
      await writeOutput(path, text, world);
    }
    const counted = known === null ? report.findings : newSince(report.findings, known);
    const failing = counted.filter((finding) => isFailing(finding, options.failOn));
    if (session.options.format === "json") session.terminal.json(report);
    else showAudit(report, failing, known !== null, session.terminal);
    showRemedied(remedied, session.terminal);
    session.terminal.note(`by ${file}, hash ${policy.hash.slice(0, 12)}`);
    return gravestExit([
      report.complete && report.summary.error === 0 ? EXIT.clean : EXIT.incomplete,
      failing.length > 0 ? EXIT.violations : EXIT.clean,
      ...remedied.map(exitOfRemedied),
    ]);
  });
}

type Parts = {
  readonly session: Session;
  readonly options: Options;
  readonly policy: Policy;
  readonly runs: CliRuns;
};

async function work({ session, options, policy, runs }: Parts) {
  const { signal, stop, deadlineMs, clock, store, region, project, tags } = runs;
  const { remediate, scopes: file } = options;
  const { config, credentials } = readEnvironment(session.world.env);
  const scopes = file === undefined ? null : await readScopesFile(file, session.world);
  const places =
    scopes === null ? [{ region, project, tags }] : connectPlaces(scopes, config, credentials);
  const audited = await runAudit({
    policy,
    places,
    clock,
    budget: { signal: AbortSignal.any([signal, stop]), deadlineMs, countCall: () => {} },
    version: session.world.version,
    plans: remediate !== "off",
  });
  const report = withHistory(audited.report, await readHistory(store));
  const remedied = await remedy(audited.plans, {
    ...runs,
    policy,
    apply: remediate === "apply",
    workIn: (_project, reached) => ({ tags: reached, signal, deadlineMs, lastStartMs: 0, stop }),
  });
  return { report, remedied };
}

type Output = { readonly format: FormatName; readonly file: string };

function readOutputs(texts: readonly string[]): readonly Output[] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    const format = FORMAT_NAMES.find((name) => name === text.slice(0, Math.max(at, 0)));
    const file = text.slice(at + 1);
    if (format === undefined || file === "")
      throw new Stop(
        EXIT.usage,
        `--out expects format=file with one of ${FORMAT_NAMES.join(", ")}, such as html=report.html`,
      );
    return { format, file };
  });
}

const SEVERITIES: readonly Severity[] = ["low", "medium", "high", "critical"];

function isFailing({ status, severity }: Finding, failOn: Options["failOn"]): boolean {
  if (status !== "fail" || failOn === "never") return false;
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(failOn);
}

async function readBaseline(file: string, { world }: Session): Promise<ReadonlySet<string>> {
  const wrong = new Stop(EXIT.usage, `${file}: expected a report that audit --out json=… wrote`);
  const text = await readFile(resolve(world.cwd, file), "utf8").catch(() => {
    throw wrong;
  });
  const report = parseJson(text);
  const findings = isJsonObject(report) ? own(report, "findings") : undefined;
  if (!Array.isArray(findings)) throw wrong;
  const known = findings.flatMap((finding: unknown) => {
    if (!isJsonObject(finding)) return [];
    const fingerprint = own(finding, "fingerprint");
    const status = own(finding, "status");
    if (typeof fingerprint !== "string") return [];
    return status === "fail" || status === "error" ? [{ fingerprint, status } as const] : [];
  });
  return baselineOf(known);
}

function exitOfRemedied({ broken, ending }: Remedied): ExitCode {
  if (broken.length > 0) return EXIT.guard;
  return ending === null || ending.kind === "finished" ? EXIT.clean : EXIT.incomplete;
}
