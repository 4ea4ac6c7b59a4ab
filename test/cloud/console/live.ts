import type { ServerResponse } from "node:http";
import type { LocalCloud } from "../index.ts";
import { readActivity } from "./activity.ts";
import { createAuditReader } from "./auditing.ts";
import type { Desk } from "./desk.ts";
import { readResources } from "./resources.ts";
import { createRunReader } from "./retagging.ts";
import type { View } from "./view.ts";

const POLL_MS = 100;

/** Tells pages what there is, as soon as it changes. */
export type Live = {
  /** The state now, read for whoever asks. */
  read(): Promise<View>;
  /** Sends the state now and after each change, until the page goes away. */
  subscribe(page: ServerResponse): void;
  stop(): void;
};

/** Looks at the cloud while somebody looks at the page; reads only what may have changed. */
export function openLive(desk: Desk): Live {
  const { cloud } = desk;
  const pages = new Set<ServerResponse>();
  const firstSeenMs = new Map<string, number>();
  const readRuns = createRunReader(desk);
  const readAudit = createAuditReader(desk);
  let resources: Pick<View, "resources" | "total"> = { resources: [], total: 0 };
  let readAt = "";
  let sentAt = "";
  let reading: Promise<View> | null = null;

  function noteInvocations(): void {
    for (const { requestId } of cloud.functions.invocations.slice(firstSeenMs.size))
      firstSeenMs.set(requestId, cloud.clock.now());
  }

  async function readAll(): Promise<View> {
    const problems: string[] = [];
    const part = async <T>(what: string, task: Promise<T>, instead: T): Promise<T> => {
      try {
        return await task;
      } catch (error) {
        problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
        return instead;
      }
    };
    const tracesAt = String(cloud.traces.length);
    const isNew = readAt !== tracesAt;
    const [found, activity, runs, audit] = await Promise.all([
      isNew ? part("secrets and keys", readResources(desk), null) : resources,
      part(
        "activity",
        readActivity(desk, (id) => firstSeenMs.get(id) ?? cloud.clock.now()),
        [],
      ),
      part("runs", readRuns(), []),
      part("audits", readAudit(), { running: false, failed: null, latest: null, nextMs: null }),
    ]);
    if (found !== null) {
      resources = found;
      readAt = tracesAt;
    }
    return { ...resources, activity, runs, audit, problems };
  }

  /** One at a time: a second reader gets what the first one reads. */
  function read(): Promise<View> {
    noteInvocations();
    reading ??= readAll().finally(() => {
      reading = null;
    });
    return reading;
  }

  async function look(): Promise<void> {
    noteInvocations();
    const now = stateOf(cloud);
    if (now === sentAt || pages.size === 0 || reading !== null) return;
    sentAt = now;
    const text = eventOf(await read());
    for (const page of pages) page.write(text);
  }

  const timer = setInterval(() => {
    look().catch(() => {
      sentAt = ""; // the next look tries again
    });
  }, POLL_MS);

  return {
    read,
    subscribe(page) {
      pages.add(page);
      page.on("close", () => pages.delete(page));
      read().then(
        (view) => page.write(eventOf(view)),
        () => page.end(),
      );
    },
    stop() {
      clearInterval(timer);
      for (const page of pages) page.end();
    },
  };
}

function eventOf(view: View): string {
  return `data: ${JSON.stringify(view)}\n\n`;
}

/** Another text wherever something that the page shows may have changed. */
function stateOf({ traces, functions, clock }: LocalCloud): string {
  const counts = { waiting: 0, running: 0, succeeded: 0, failed: 0 };
  let tries = 0;
  for (const invocation of functions.invocations) {
    counts[invocation.state] += 1;
    tries += invocation.tries;
  }
  // A run tells how far it is by its journal, which nothing else shows.
  const busy = counts.running > 0 ? Math.floor(clock.now() / 500) : 0;
  return [traces.length, tries, ...Object.values(counts), busy].join(" ");
}
