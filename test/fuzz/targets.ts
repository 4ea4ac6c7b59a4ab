import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import * as answers from "../../shared/core/answer.ts";
import { AuditOptionsError, readAuditOptions } from "../../shared/core/audit/audit-options.ts";
import { problemOfScopes } from "../../shared/core/audit/audit-scopes.ts";
import { readInstancePage, readKeyPage, readTotal } from "../../shared/core/inventory/page.ts";
import { JsonRows, parseJsonRows } from "../../shared/core/json-rows.ts";
import { isJsonObject, parseJson } from "../../shared/core/json-value.ts";
import { FORMAT_NAMES, FORMATS } from "../../shared/core/report/formats.ts";
import { auditReportSchema } from "../../shared/core/report/report-schema.ts";
import { parseJournalLine } from "../../shared/core/run/journal.ts";
import { parseQueueEvent } from "../../shared/core/run/queue-event.ts";
import { runPlanSchema } from "../../shared/core/run/run-plan.ts";
import { parseDuration, parseTime } from "../../shared/core/time.ts";
import { decide } from "../../shared/core/trace/decision.ts";
import { parseEvent } from "../../shared/core/trace/envelope.ts";
import { readPolicyText } from "../../shared/io/policy/file.ts";
import { parseQueueUrl } from "../../shared/io/queue/address.ts";
import { parseObjectPage, parseObsFailure } from "../../shared/io/store/obs-answer.ts";
import { parseStoreUrl } from "../../shared/io/store/store-url.ts";
import { anyReport } from "../report/any-report.ts";
import { finding, report } from "../report/audit.ts";
import {
  damaged,
  damagedText,
  hostileBody,
  hostileBytes,
  hostileJson,
  hostileText,
} from "./hostile.ts";
import { ANSWERS, MESSAGES, readEvents } from "./samples.ts";

/** One reader of what comes from outside. */
export type Target = {
  readonly name: string;
  /** Of a thousand cases of the others, how many it gets: some take long. */
  readonly share: number;
  /** Feeds it cases by chance; throws with the case, made small, where one breaks a promise. */
  readonly feed: (cases: number, seed: number) => Promise<void>;
};

const SHOWN_CHARACTERS = 2_000;

function target<Input>(
  name: string,
  input: fc.Arbitrary<Input>,
  read: (input: Input) => unknown,
  share = 1_000,
): Target {
  const property = fc.asyncProperty(input, async (value) => {
    await read(value);
    if (Object.keys(Object.prototype).length > 0) throw new Error("a prototype was changed");
  });
  const feed = async (cases: number, seed: number) => {
    const numRuns = Math.max(1, Math.ceil((cases * share) / 1_000));
    // Not `fc.assert`: it cannot print a case that is nested a thousand times.
    const { failed, errorInstance, counterexample, counterexamplePath } = await fc.check(property, {
      numRuns,
      seed,
    });
    if (!failed) return;
    const told = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
    const shown = JSON.stringify(counterexample)?.slice(0, SHOWN_CHARACTERS);
    throw new Error(`${told}\nseed ${seed}, path ${counterexamplePath}: ${shown}`);
  };
  return { name, share, feed };
}

function expectAll(values: readonly unknown[], allowed: (value: unknown) => boolean): void {
  for (const value of values) if (!allowed(value)) throw new Error("an answer of no known kind");
}

const PLACE = { region: "cn-north-4", project: "a".repeat(32) };
const either = (samples: readonly unknown[]) => fc.oneof(hostileJson, damaged(samples));

/** Everything that reads what others wrote. Each gives a typed answer, or throws its own typed error. */
export function listTargets(root: string): readonly Target[] {
  const events = readEvents(join(root, "test/events"));
  const policyFile = join(root, "infra/policy/tag-policy.yaml");
  const policyText = readFileSync(policyFile, "utf8");
  return [
    target("events of the creation functions", either(events), (event) => {
      const inputs = parseEvent(event);
      if (inputs.length === 0) throw new Error("an event without an input");
      for (const input of inputs)
        if (input.ok) for (const type of ["secret", "key"] as const) decide(input.trace, type);
    }),
    target("events of the queue", either([...events, ...MESSAGES]), (event) => {
      const inputs = parseQueueEvent(event);
      if (inputs.length === 0) throw new Error("an event without an input");
      expectAll(inputs, (input) => typeof input === "object" && input !== null && "ok" in input);
    }),
    target("a timer's event", either([{ user_event: '{"formats":["html"]}' }]), (event) => {
      try {
        readAuditOptions(event);
      } catch (error) {
        if (!(error instanceof AuditOptionsError)) throw error;
      }
    }),
    target("answers of the services", either(ANSWERS), (answer) => {
      answers.parseTags(answer);
      answers.parseVocabulary(answer);
      answers.parseSecretDetail(answer);
      answers.parseKeyDetail(answer);
      answers.findSecret(answer, "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d");
      for (const type of ["secret", "key"] as const)
        for (const item of readInstancePage(type, answer, PLACE)?.items ?? [])
          void item?.facts.type;
      readKeyPage(answer, PLACE);
      readTotal(answer);
    }),
    target("bodies of answers", hostileBytes, (bytes) => {
      const body = bytes.toString("utf8");
      answers.parseFailure(body);
      parseObsFailure(body);
      parseObjectPage(body);
      const rows = parseJsonRows(bytes, "resources");
      const whole = parseJson(body);
      // Row by row says the same as at once: JSON, or none.
      if (rows === undefined && whole !== undefined && body.trim() !== "null")
        throw new Error("JSON was refused");
      if (!(rows instanceof JsonRows)) return;
      const list = JSON.stringify([...rows]);
      if (isJsonObject(whole) && list !== JSON.stringify(whole.resources))
        throw new Error("rows are not those of the list");
    }),
    target("plan files", either([samplePlan()]), (plan) => runPlanSchema.safeParse(plan)),
    target("lines of a journal", hostileBody, (line) => parseJournalLine(parseJson(line))),
    target(
      "reports of earlier audits",
      either([sampleReport()]),
      (one) => auditReportSchema.safeParse(one),
      200,
    ),
    target(
      "reports of any values, in every format",
      anyReport,
      (one) => {
        for (const format of FORMAT_NAMES)
          for (const chunk of FORMATS[format].render(one))
            if (typeof chunk !== "string") throw new Error("a report is text");
      },
      20,
    ),
    target("files of scopes", either([{ version: 1, scopes: [PLACE] }]), problemOfScopes),
    target("texts of settings", hostileText, (text) => {
      parseDuration(text);
      parseTime(text);
      parseQueueUrl(text);
      parseStoreUrl(text, { allowFile: true });
    }),
    target(
      "policies",
      damagedText(policyText),
      async (text) => {
        const result = await readPolicyText(text, policyFile);
        if (!result.ok && result.problems.length === 0) throw new Error("refused without a reason");
      },
      2,
    ),
  ];
}

function sampleReport(): unknown {
  return JSON.parse(JSON.stringify(report([finding(1), finding(2)])));
}

function samplePlan(): unknown {
  return {
    kind: "plan",
    version: 1,
    policy: { hash: "a".repeat(64) },
    region: "cn-north-4",
    project: "a".repeat(32),
    origin: { by: "policy", selection: {} },
    resources: [],
  };
}
