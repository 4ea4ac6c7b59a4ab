import { defineConfig } from "vitest/config";

// Bundles and the local cloud's processes share two cores on a small machine: more workers than that
// only make each other wait.
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/build.setup.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    restoreMocks: true,
  },
});
