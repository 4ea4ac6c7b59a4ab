// What the tests assert with, outside of a worker of vitest's.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export function expect(value, message) {
  return chai.expect(value, message);
}

Object.assign(expect, chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT], {
  getState: () => getState(expect),
  setState: (state) => setState(state, expect),
  unreachable: (message) => chai.assert.fail(`unreachable: ${message ?? ""}`),
});
setState({ assertionCalls: 0 }, expect);

// Where a snapshot stands is said from the test's own folder, which is two or three below the root.
chai.Assertion.addMethod("toMatchFileSnapshot", async function (file) {
  const path = file.startsWith("file:") ? fileURLToPath(file) : file.replace(/^(\.\.\/)+/, "");
  expect(this._obj).toBe(await readFile(path, "utf8"));
});
