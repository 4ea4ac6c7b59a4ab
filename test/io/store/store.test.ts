/**
 * Goal: what a store promises holds in a folder and in a bucket.
 * Method: the same statements for both, the bucket being the local cloud's, each on an empty store.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openStore, type Store } from "../../../shared/io/store/store.ts";
import { all, useStores } from "./fixture.ts";

const stores = useStores();

/** Each makes a maker of empty stores. */
const backEnds: { readonly [name: string]: () => Promise<() => Store> } = {
  "a folder": async () => () => stores.inFolder(),
  "a bucket": async () => {
    const { access } = await stores.bucket();
    let count = 0;
    return () => {
      count += 1;
      return openStore(`obs://runs-bucket/${count}`, { allowFile: false, obs: access });
    };
  },
};

describe.each(Object.entries(backEnds))("in %s", (_name, begin) => {
  const open = async () => (await begin())();

  async function filled(names: readonly string[]): Promise<Store> {
    const store = await open();
    for (const name of names) await store.write(name, name);
    return store;
  }

  test("what was written is read, every character of it", async () => {
    const store = await open();
    const texts = ["", "{}", "ä — 日本 🔑\r\n\0", `${"x".repeat(300_000)}é`];
    for (const [index, text] of texts.entries()) await store.write(`t/${index}`, text);
    for (const [index, text] of texts.entries()) expect(await store.read(`t/${index}`)).toBe(text);
  });

  test("a text in pieces is written piece by piece, and replaced as a whole where a piece fails", async () => {
    const store = await open();
    const pieces = ["ä — ", "", "x".repeat(200_000), "🔑", "end"];
    await store.write("p", () => pieces);
    expect(await store.read("p")).toBe(pieces.join(""));
    await store.write("none", () => []);
    expect(await store.read("none")).toBe("");
    const broken = function* () {
      yield "new";
      throw new Error("no more");
    };
    await expect(store.write("p", broken)).rejects.toThrow();
    expect(await store.read("p")).toBe(pieces.join(""));
  });

  test("nothing is where nothing was written, and an empty text is not nothing", async () => {
    const store = await open();
    expect(await store.read("a/b")).toBeNull();
    await store.write("a/b", "");
    expect([await store.read("a/b"), await store.read("a/c")]).toEqual(["", null]);
  });

  test("an empty store lists nothing", async () => {
    const store = await open();
    expect([await all(store.list("")), await all(store.folders("runs/"))]).toEqual([[], []]);
  });

  test("a second write replaces the first as a whole", async () => {
    const store = await open();
    await store.write("a", "a long first text");
    await store.write("a", "short");
    expect(await store.read("a")).toBe("short");
    expect(await all(store.list(""))).toEqual(["a"]);
  });

  test("of many writers at once, one wins with all of its text", async () => {
    const store = await open();
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(50_000));
    await Promise.all(texts.map((text) => store.write("runs/1/state.json", text)));
    expect(texts).toContain(await store.read("runs/1/state.json"));
    expect(await all(store.list(""))).toEqual(["runs/1/state.json"]);
  });

  test("what was removed is gone, and may be removed again", async () => {
    const store = await filled(["a/b", "a/c"]);
    await store.remove("a/b");
    await store.remove("a/b");
    await store.remove("never/there");
    expect(await store.read("a/b")).toBeNull();
    expect(await all(store.list(""))).toEqual(["a/c"]);
  });

  test("names come in the order of their code units, slashes included", async () => {
    const names = ["a.c", "b", "a/b/c", "a-b", "a/b-c", "A", "a/b.c", "aa", "a0"];
    const store = await filled(names);
    expect(await all(store.list(""))).toEqual([...names].sort());
  });

  test("a list has the names with its prefix, from behind `after`", async () => {
    const store = await filled(["r/1/a", "r/1/b", "r/1/c", "r/10/a", "r/2/a", "s"]);
    expect(await all(store.list("r/1/"))).toEqual(["r/1/a", "r/1/b", "r/1/c"]);
    expect(await all(store.list("r/1"))).toEqual(["r/1/a", "r/1/b", "r/1/c", "r/10/a"]);
    expect(await all(store.list("r/1/", "r/1/a"))).toEqual(["r/1/b", "r/1/c"]);
    expect(await all(store.list("r/1/", "r/1/aa"))).toEqual(["r/1/b", "r/1/c"]);
    expect(await all(store.list("r/", "r/1/zzz"))).toEqual(["r/10/a", "r/2/a"]);
    expect(await all(store.list("r/2", "r/1/b"))).toEqual(["r/2/a"]);
    expect(await all(store.list("r/1/", "s"))).toEqual([]);
    expect(await all(store.list("x"))).toEqual([]);
  });

  test("folders are what is directly below, each once, whatever lies inside", async () => {
    const store = await filled(["runs/2/plan", "runs/1/a", "runs/1/b/c", "runs/file", "x/y/z"]);
    expect(await all(store.folders("runs/"))).toEqual(["runs/1/", "runs/2/"]);
    expect(await all(store.folders("runs/2"))).toEqual(["runs/2/"]);
    expect(await all(store.folders(""))).toEqual(["runs/", "x/"]);
    expect(await all(store.folders("runs/1/b/"))).toEqual([]);
    expect(await all(store.folders("none/"))).toEqual([]);
  });

  test("a folder goes with its last object", async () => {
    const store = await filled(["runs/1/a", "runs/2/b/c"]);
    await store.remove("runs/2/b/c");
    expect(await all(store.folders("runs/"))).toEqual(["runs/1/"]);
  });

  test("a list may be left early", async () => {
    const store = await filled(["a", "b", "c"]);
    for await (const name of store.list("")) {
      expect(name).toBe("a");
      break;
    }
    expect(await store.read("c")).toBe("c");
  });

  test("a name that no object may have is a defect", async () => {
    const store = await open();
    const bad = ["", "/a", "a/", "a//b", ".", "a/../b", "./a", "a b", "ä", "a\nb", "x".repeat(801)];
    for (const name of bad)
      await expect(async () => store.write(name, ""), name).rejects.toThrow(TypeError);
    for (const name of ["", "/a", "a/", "a/../b", "a\\b", "a\0b"]) {
      await expect(async () => store.read(name), name).rejects.toThrow(TypeError);
      await expect(async () => store.remove(name), name).rejects.toThrow(TypeError);
    }
    for (const prefix of ["/", "../", "a//", "a b", "../../etc/p"]) {
      await expect(async () => all(store.list(prefix)), prefix).rejects.toThrow(TypeError);
      await expect(async () => all(store.folders(prefix)), prefix).rejects.toThrow(TypeError);
    }
  });

  test("after any writes and removals it holds what a map holds", async () => {
    const names = ["a", "a-b", "a.b", "b/c", "b/c-d", "b/d/e", "b-x", "r/1/p", "r/1/j/1", "r/2/p"];
    const step = fc.record({
      name: fc.constantFrom(...names),
      text: fc.option(fc.string({ maxLength: 5, unit: "grapheme" }), { nil: null }),
    });
    const ask = fc.record({
      prefix: fc.constantFrom("", "a", "b", "b/", "b/c", "r/", "r/1/", "r/1/j/", "z"),
      after: fc.option(fc.constantFrom(...names, "b/", "r/1/k"), { nil: undefined }),
    });
    const next = await begin();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.array(ask), async (steps, asks) => {
        const store = next();
        const model = new Map<string, string>();
        for (const { name, text } of steps) {
          if (text === null) model.delete(name);
          else model.set(name, text);
          await (text === null ? store.remove(name) : store.write(name, text));
        }
        for (const [name, text] of model) expect(await store.read(name)).toBe(text);
        for (const { prefix, after } of asks) {
          const wanted = [...model.keys()].filter((name) => name.startsWith(prefix)).sort();
          expect(await all(store.list(prefix, after))).toEqual(
            wanted.filter((name) => after === undefined || name > after),
          );
          const below = wanted
            .map((name) => name.indexOf("/", prefix.length))
            .map((end, index) => (end === -1 ? "" : (wanted[index]?.slice(0, end + 1) ?? "")));
          expect(await all(store.folders(prefix))).toEqual(
            [...new Set(below.filter(Boolean))].sort(),
          );
        }
      }),
      { numRuns: 25 },
    );
  });
});

test("a store says where it is", async () => {
  const path = stores.folder();
  expect(stores.inFolder(path).url).toBe(path);
  expect(stores.inBucket(await stores.bucket()).url).toBe("obs://runs-bucket/a/b");
});
