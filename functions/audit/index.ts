import { connectAudit } from "../../shared/io/audit/connect.ts";
import { auditByTimer, isUnfinished } from "../../shared/io/audit/timed-audit.ts";
import { defineFunction } from "../../shared/io/function.ts";

/** Put here by the build. */
declare const TAGWARDEN_VERSION: string;

/**
 * Audits the tags of every secret and key, stores the report, and puts right what the settings say.
 *
 * Trigger: timer; its `user_event` may hold options. Assume that two run at once, or one twice.
 * Safe to repeat: an audit only reads, runs are taken up under a lease, and a plan finds nothing twice.
 * Throws on: anything that could not be examined, a store or a topic that cannot be reached.
 */
export const handler = defineFunction("audit", {
  isLost: isUnfinished,
  useCase: auditByTimer,
  connect: (context, time) => connectAudit(context, time, TAGWARDEN_VERSION),
});
