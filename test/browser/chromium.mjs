import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** How a script ends that found none. */
export const MISSING = 3;

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The Chromium or Chrome of this machine, CHROMIUM first; `undefined`, which is said on stderr: none. */
export function findBrowser(script) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const browser = [process.env.CHROMIUM ?? "", ...found].find(isProgram);
  if (browser === undefined)
    process.stderr.write(
      `${script} needs a Chromium or Chrome: on Debian \`apt-get install chromium\`, or CHROMIUM=<path>\n`,
    );
  return browser;
}
