import { makeUndoPlan } from "../io/run/undo.ts";
import { EXIT, type ExitCode, gravestExit } from "./exit-code.ts";
import { requireOutput, writeOutput } from "./output-file.ts";
import { showPlan, tellNext } from "./plan-text.ts";
import { requirePolicy } from "./policy-choice.ts";
import { withRuns } from "./run-access.ts";
import { type RunOptions, withRateOption, withStoreOption } from "./run-options.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = RunOptions & { readonly out?: string };

/** Plans the reverse of a run. */
export const undo: Verb = {
  name: "undo",
  define: (command, act) =>
    withRateOption(withStoreOption(command))
      .description("Plan what takes a run back: what it wrote and nobody changed since.")
      .argument("<run>", "name of the run")
      .option("-o, --out <file>", "write the plan to a file, for apply")
      .addHelpText(
        "after",
        examples([["undo 20261121-101500-a1b2c3 -o undo.json", "then: tagwarden apply undo.json"]]),
      )
      .action((run: string, options: Options) => act((session) => plan(session, run, options))),
};

async function plan(session: Session, run: string, options: Options): Promise<ExitCode> {
  const { world, terminal } = session;
  const { out } = options;
  if (out !== undefined) await requireOutput(out, world);
  const { policy } = await requirePolicy(session);
  const made = await withRuns(world, options, (runs) => {
    const { signal, deadlineMs } = runs;
    return makeUndoPlan(run, {
      ...runs,
      policy,
      budget: { signal: AbortSignal.any([signal, runs.stop]), deadlineMs, countCall: () => {} },
    });
  });
  if (out !== undefined) await writeOutput(out, `${JSON.stringify(made.plan, null, 2)}\n`, world);
  if (session.options.format === "json") terminal.json(made.plan);
  else showPlan(made.plan, terminal);
  for (const { type, id, name } of made.gone)
    terminal.note(`${type} ${name ?? id} is not there any more`);
  for (const { type, id, name } of made.unreadable)
    terminal.warn(`the tags of ${type} ${name ?? id} could not be read: it is not in the plan`);
  tellNext(made.plan, out, terminal);
  return gravestExit([
    made.unreadable.length > 0 ? EXIT.incomplete : EXIT.clean,
    made.plan.resources.length > 0 ? EXIT.violations : EXIT.clean,
  ]);
}
