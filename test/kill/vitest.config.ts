import { defineConfig } from "vitest/config";

// Processes that are killed, by the hundred; `npm run test:kill` takes a few minutes.
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/kill/**/*.kill.ts"],
    globalSetup: ["test/build.setup.ts"],
    testTimeout: 600_000,
    maxWorkers: 1,
  },
});
