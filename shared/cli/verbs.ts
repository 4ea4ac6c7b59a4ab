import { apply } from "./apply.ts";
import { audit } from "./audit.ts";
import { dev } from "./dev.ts";
import { dlq } from "./dlq.ts";
import { doctor } from "./doctor.ts";
import { explain } from "./explain.ts";
import { permissions } from "./permissions.ts";
import { plan } from "./plan.ts";
import { test } from "./policy-test.ts";
import { replay } from "./replay.ts";
import { status } from "./status.ts";
import { undo } from "./undo.ts";
import { validate } from "./validate.ts";
import type { Verb } from "./verb.ts";

/** Every verb, in the order of the help. A new one is a file and a row here. */
export const VERBS: readonly Verb[] = [
  validate,
  test,
  explain,
  replay,
  plan,
  apply,
  status,
  undo,
  audit,
  dlq,
  permissions,
  doctor,
  dev,
];
