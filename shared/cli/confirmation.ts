import { EXIT, Stop } from "./exit-code.ts";
import { untilInterrupted } from "./interruption.ts";
import type { World } from "./world.ts";

/**
 * Asks on stderr and reads one line from stdin; only `y` and `yes` are consent. Throws a `Stop` where
 * there is nobody to ask, or the answer is another one.
 */
export async function requireConsent(
  question: string,
  { stderr, stdin, signal }: World,
): Promise<void> {
  if (!stderr.isTerminal)
    throw new Stop(
      EXIT.usage,
      "nobody can be asked here: say --yes to go ahead without a question",
    );
  stderr.write(`${question} [y/N] `);
  const answer = await untilInterrupted(readLine(stdin), signal);
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new Stop(EXIT.guard, "not confirmed; nothing was changed");
}

async function readLine(stdin: World["stdin"]): Promise<string> {
  let text = "";
  for await (const chunk of stdin) {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}
