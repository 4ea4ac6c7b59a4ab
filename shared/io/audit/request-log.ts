import type { AuditLogEntry } from "../../core/audit/audit-report.ts";
import { isJsonObject } from "../../core/json-value.ts";
import { RESOURCE_TYPES, type ResourceType } from "../../core/resource.ts";
import { toIsoTime } from "../../core/time.ts";
import type { Clock } from "../clock.ts";
import type { Budget } from "../cloud.ts";
import type { KindQuery, TagApi } from "../tag-api.ts";
import type { AuditPlace } from "./audit.ts";

/** Counts what an audit asks of one place. */
export type RequestLog = {
  /** The place, reached through the counter. */
  readonly place: AuditPlace;
  /** One entry for each kind; the place is done with now. */
  end(): readonly AuditLogEntry[];
};

type Tally = { requests: number; pages: number; tries: number };

/** Starts to count. Each request is one however often it is tried; the tries beyond are its retries. */
export function openRequestLog(place: AuditPlace, clock: Pick<Clock, "now">): RequestLog {
  const { region, project, tags } = place;
  const startedAt = toIsoTime(clock.now());
  const tallies: { readonly [Type in ResourceType]: Tally } = {
    secret: newTally(),
    key: newTally(),
  };
  const ask = (type: ResourceType, isPage: boolean, budget: Budget): Budget => {
    const tally = tallies[type];
    tally.requests += 1;
    if (isPage) tally.pages += 1;
    const countCall = () => {
      tally.tries += 1;
      budget.countCall();
    };
    return { ...budget, countCall };
  };
  const counted: TagApi = {
    ...tags,
    query: (type, query, budget) => tags.query(type, query, ask(type, !isCount(query), budget)),
    vocabulary: (type, budget) => tags.vocabulary(type, ask(type, false, budget)),
  };
  return {
    place: { ...place, tags: counted },
    end: () =>
      RESOURCE_TYPES.map((type) => {
        const { requests, pages, tries } = tallies[type];
        const finishedAt = toIsoTime(clock.now());
        const retries = Math.max(0, tries - requests);
        return { region, project, type, startedAt, finishedAt, requests, pages, retries };
      }),
  };
}

function newTally(): Tally {
  return { requests: 0, pages: 0, tries: 0 };
}

function isCount({ body }: KindQuery): boolean {
  return isJsonObject(body) && body.action === "count";
}
