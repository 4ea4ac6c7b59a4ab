import { chanceText } from "../run/run-store.ts";
import { type Store, StoreError } from "../store/store.ts";

const AUDITS = "audits/";
const CLAIMS = "claims/";

/** A folder of its own for one audit. */
export type AuditFolder = {
  readonly path: string;
  /** Says that its outputs are all there. */
  readonly release: () => Promise<void>;
  /** Says that nothing more comes, because something failed: it does not throw the store's errors in their place. */
  readonly abandon: () => Promise<void>;
};

/**
 * Takes `audits/<time>` for an audit that began then, or `audits/<time>-<chance>` where another one began in
 * the same second.
 *
 * No store promises that only one of two writers succeeds. So each leaves a claim before it looks for others:
 * of two at least one sees the other's claim, or its outputs, and whoever sees one takes the longer name. A
 * claim that outlives its audit does no harm, and a rule of the bucket takes it away (infra/store.tf).
 */
export async function takeFolder(
  store: Store,
  startedAt: string,
  random: () => number,
): Promise<AuditFolder> {
  const time = startedAt.replace(/[-:]/g, "").replace(/\.\d+/, "");
  const chance = chanceText(random());
  const plain = `${AUDITS}${time}`;
  const claims = `${CLAIMS}${time}/`;
  const own = `${claims}${chance}.json`;
  const abandon = () => removeIfPossible(store, own);
  try {
    await store.write(own, "{}\n");
    const others =
      (await hasOther(store, claims, own)) || (await hasOther(store, `${plain}/`, own));
    const path = others ? `${plain}-${chance}` : plain;
    return { path, release: () => store.remove(own), abandon };
  } catch (error) {
    await abandon();
    throw error;
  }
}

async function removeIfPossible(store: Store, name: string): Promise<void> {
  try {
    await store.remove(name);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

async function hasOther(store: Store, prefix: string, own: string): Promise<boolean> {
  for await (const name of store.list(prefix)) if (name !== own) return true;
  return false;
}
