import { isAbsolute, relative } from "node:path";
import { Option } from "commander";
import type { AuditReport } from "../core/audit/audit-report.ts";
import type { Finding } from "../core/audit/finding.ts";
import { type AuditHistory, newSince, withHistory } from "../core/audit/history.ts";
import { SEVERITIES } from "../core/audit/order.ts";
import { REMEDIATIONS, type Remediation } from "../core/audit/remediation.ts";
import { summarise } from "../core/outcome.ts";
import type { Policy, Severity } from "../core/policy/policy.ts";
import { FORMAT_NAMES, FORMATS } from "../core/report/formats.ts";
import { type Audited, runAudit } from "../io/audit/audit.ts";
import { readHistory } from "../io/audit/audit-store.ts";
import { connectPlaces } from "../io/audit/places.ts";
import { type Remedied, remedy } from "../io/audit/remediation.ts";
import { StoreError } from "../io/store/store-error.ts";
import { exitOfEnding } from "./apply-text.ts";
import { readBaseline } from "./audit-baseline.ts";
import { readOutputs } from "./audit-output.ts";
import { readScopesFile } from "./audit-scopes-file.ts";
import { showAudit, showRemedied } from "./audit-text.ts";
import { readEnvironment } from "./environment.ts";
import { EXIT, type ExitCode, gravestExit } from "./exit-code.ts";
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
  const { file, policy, lines } = await requirePolicy(session);
  return withRuns(world, options, async (runs) => {
    const parts = { session, options, policy, runs };
    const { report, failures, plans } = await judge(parts);
    if (world.signal.aborted) {
      session.terminal.note("interrupted: no report was written, and nothing was changed");
      return EXIT.interrupted;
    }
    const place = { file: placeOf(file, world.cwd), lines };
    for (const { format, file: path } of outputs)
      await writeOutput(path, FORMATS[format].render(report, place), world);
    const remedied = await putRight(plans, parts);
    const counted = known === null ? report.findings : newSince(report.findings, known);
    const failing = counted.filter((finding) => isFailing(finding, options.failOn));
    if (session.options.format === "json")
      for (const chunk of FORMATS.json.render(report)) world.stdout.write(chunk);
    else showAudit(report, failing, known !== null, session.terminal);
    showRemedied(remedied, session.terminal);
    session.terminal.note(`by ${file}, hash ${policy.hash.slice(0, 12)}`);
    return gravestExit([
      exitOfCompleteness(report, failures),
      failing.length > 0 ? EXIT.violations : EXIT.clean,
      ...remedied.map((one) => exitOfRemedied(one, policy)),
    ]);
  });
}

/** Services that show results know files by their place in the checkout. */
function placeOf(file: string, cwd: string): string {
  const inside = isAbsolute(file) ? relative(cwd, file) : file;
  return inside.startsWith("..") ? file : inside;
}

type Parts = {
  readonly session: Session;
  readonly options: Options;
  readonly policy: Policy;
  readonly runs: CliRuns;
};

/** Reads and judges; writes nothing anywhere. */
async function judge({ session, options, policy, runs }: Parts): Promise<Audited> {
  const { signal, stop, deadlineMs, clock, region, project, tags } = runs;
  const { remediate, scopes: file } = options;
  const { config, credentials } = readEnvironment(session.world.env);
  const { rps = config.rps } = options;
  const scopes = file === undefined ? null : await readScopesFile(file, session.world);
  const places =
    scopes === null
      ? [{ region, project, tags }]
      : connectPlaces(scopes, { ...config, rps }, credentials);
  const audited = await runAudit({
    policy,
    places,
    clock,
    budget: { signal: AbortSignal.any([signal, stop]), deadlineMs, countCall: () => {} },
    version: session.world.version,
    plans: remediate !== "off",
  });
  if (stop.aborted) return audited;
  return { ...audited, report: withHistory(audited.report, await readPast(runs, session)) };
}

/** Comes after the reports: where one cannot be written, nothing is changed yet. */
function putRight(plans: Audited["plans"], { options, policy, runs }: Parts) {
  const { signal, stop, deadlineMs } = runs;
  return remedy(plans, {
    ...runs,
    policy,
    apply: options.remediate === "apply",
    workIn: (_project, tags) => ({ tags, signal, deadlineMs, lastStartMs: 0, stop }),
  });
}

/** The store may have audits of the function; one that cannot be read does not stop an audit that only reads. */
async function readPast({ store }: CliRuns, { terminal }: Session): Promise<AuditHistory> {
  try {
    return await readHistory(store);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    terminal.warn(`earlier audits are not shown: ${error.message}`);
    return { points: [], firstSeen: new Map() };
  }
}

/** Where nothing at all may be read, the credentials are what is wrong. */
function exitOfCompleteness(
  { complete, summary, scopes }: AuditReport,
  failures: Audited["failures"],
): ExitCode {
  if (complete && summary.error === 0) return EXIT.clean;
  const denied = failures.filter((code) => code === "denied").length;
  return denied === scopes.length ? EXIT.denied : EXIT.incomplete;
}

function isFailing({ status, severity }: Finding, failOn: Options["failOn"]): boolean {
  if (status !== "fail" || failOn === "never") return false;
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);
}

function exitOfRemedied({ broken, ending, outcomes }: Remedied, policy: Policy): ExitCode {
  if (broken.length > 0) return EXIT.guard;
  return ending === null ? EXIT.clean : exitOfEnding(summarise(outcomes, policy.hash), ending);
}
