import { describe, expect, test } from "vitest";
import { openStore, StoreError } from "../../../shared/io/store/store.ts";
import { parseStoreUrl } from "../../../shared/io/store/store-url.ts";

describe("the URL of a store", () => {
  test.each([
    ["obs://runs-bucket", { at: "bucket", bucket: "runs-bucket", prefix: "" }],
    ["obs://runs-bucket/", { at: "bucket", bucket: "runs-bucket", prefix: "" }],
    ["obs://runs-bucket/a/b-c", { at: "bucket", bucket: "runs-bucket", prefix: "a/b-c/" }],
    ["obs://runs-bucket/a/", { at: "bucket", bucket: "runs-bucket", prefix: "a/" }],
    ["file:///var/run%20s/x", { at: "folder", path: "/var/run s/x" }],
  ])("%s is read", (url, place) => {
    expect(parseStoreUrl(url, { allowFile: true })).toEqual({ ok: true, place });
  });

  test.each([
    ["", /obs:\/\/bucket/],
    ["runs-bucket", /obs:\/\/bucket/],
    ["s3://runs-bucket", /file:\/\/\//],
    ["https://runs-bucket.obs.x", /obs:\/\/bucket/],
    ["OBS://runs-bucket", /obs:\/\/bucket/],
    ["obs://", /name a bucket/],
    ["obs://ab", /3 to 63/],
    ["obs://Runs", /lower-case/],
    ["obs://runs.bucket", /no dots/],
    ["obs://-runs", /name a bucket/],
    ["obs://user:pass@runs", /name a bucket/],
    ["obs://runs?x=1", /name a bucket/],
    ["obs://runs/a//b", /prefix of/],
    ["obs://runs/../b", /prefix of/],
    ["obs://runs/a b", /prefix of/],
    ["obs://runs/a?x=1", /prefix of/],
    [`obs://runs/${"x".repeat(201)}`, /at most 200/],
    ["file:relative", /absolute/],
    ["file://relative/path", /absolute/],
    ["file:///a?b", /nothing behind/],
    ["file:///a%2Fb", /absolute/],
    ["file:///a%zz", /absolute/],
  ])("%j is refused with what was expected", (url, problem) => {
    const parsed = parseStoreUrl(url, { allowFile: true });
    expect(parsed).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });

  test("a folder is refused where the caller does not allow it", () => {
    const parsed = parseStoreUrl("file:///a", { allowFile: false });
    expect(parsed).toEqual({ ok: false, problem: expect.stringContaining("not a folder") });
  });

  test("a store is not opened where its URL cannot be read, or nothing reaches its bucket", () => {
    const cases = ["obs://", "file:///a", "obs://runs-bucket"];
    for (const url of cases) {
      const open = () => openStore(url, { allowFile: false, obs: null });
      expect(open).toThrow(StoreError);
      expect(open).toThrow(/bad-url/);
    }
  });
});
