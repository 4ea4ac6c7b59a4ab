import { fileURLToPath } from "node:url";

// Read by test/mutation/main.mjs, which says what is mutated and where the report goes.
export default {
  testRunner: "core",
  plugins: [fileURLToPath(new URL("runner.mjs", import.meta.url))],
  ignorePatterns: ["/dist", "/.local", "/.git"],
  coverageAnalysis: "perTest",
  tempDirName: ".local/mutation",
  reporters: ["progress-append-only", "json"],
  jsonReporter: { fileName: ".local/mutation.json" },
  // What never ends is mostly found by counting how often it is reached; a slow machine must not look like that.
  timeoutMS: 30_000,
  timeoutFactor: 2,
};
