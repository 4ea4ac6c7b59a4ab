import { defineConfig } from "vitest/config";

// Tests with the vendor's own clients; `npm run test:conformance` installs and runs them.
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/conformance/**/*.conformance.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
