import { normalize } from "node:path";
import { FORMAT_NAMES, type FormatName } from "../core/report/formats.ts";
import { EXIT, Stop } from "./exit-code.ts";

/** One `--out`. */
export type Output = { readonly format: FormatName; readonly file: string };

/** Reads every `--out <format>=<file>`. Ends the command where one is none. */
export function readOutputs(texts: readonly string[]): readonly Output[] {
  const outputs = texts.map((text) => {
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
  if (new Set(outputs.map(({ file }) => normalize(file))).size < outputs.length)
    throw new Stop(EXIT.usage, "--out names the same file twice");
  return outputs;
}
