import { defineConfig } from "vitest/config";

// Tests against a real broker; `npm run test:broker` fetches it and runs them.
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/broker/**/*.broker.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
