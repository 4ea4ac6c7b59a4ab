import { defineConfig } from "vitest/config";

// Bundles and the local cloud's processes share two cores on a small machine: more workers than that
// only make each other wait.
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/build.setup.ts"],
    // Processes are slow to start where many tests run at once.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // No module keeps state, so files may share the modules that a worker has loaded: loading them took longer
    // than the tests.
    isolate: false,
    restoreMocks: true,
  },
});
