import * as z from "zod";
import { uuid } from "./accounts.ts";
import type { FunctionGraph } from "./functiongraph/index.ts";
import { ASYNC_EVENT_BYTES_MAX } from "./functiongraph/limits.ts";
import { refuseAtGateway } from "./gateway.ts";
import { notification } from "./queue-event.ts";
import { refusalsOf } from "./refusal.ts";
import { bodyOf, type Call, ok, param, type Reply, type Service, textField } from "./service.ts";
import type { World } from "./world.ts";

// dew-api.md 11.
export const MESSAGE_BYTES_MAX = 256 * 1024;
export const SUBJECT_BYTES_MAX = 512;

// The codes of SMN and the shape of its errors are not covered by the documents at hand: match statuses.
const refuse = refusalsOf("gateway", {
  "SMN.0400": { status: 400, message: "Invalid parameter." },
  "SMN.0403": { status: 403, message: "No permission." },
  "SMN.0404": { status: 404, message: "The topic does not exist." },
  "SMN.0413": { status: 413, message: "The message is too large." },
});

/** Other forms of a message, which are not done here. */
const OTHER_FORMS = ["message_structure", "message_template_name"];
const PublishRequest = z.object({ subject: z.string().optional(), message: z.string() });

export type TopicMessage = {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `null` where there was none. */
  readonly subject: string | null;
  readonly message: string;
};

/** Topics of SMN, as their owner sees them. */
export type Topics = {
  /** Makes a topic and returns its URN; one that exists is left as it is. */
  create(name: string): string;
  /**
   * Subscribes a function: each message from now on is an event of its own. An event over 256 KB is among the
   * function's invocations as refused. How often the real service tries again is not established.
   */
  subscribe(urn: string, functionName: string): void;
  /** What was published, oldest first. Throws where there is no such topic. */
  messages(urn: string): readonly TopicMessage[];
};

type Topic = {
  readonly name: string;
  readonly messages: TopicMessage[];
  readonly functions: string[];
};

/** The notification service: topics that are made in process, and PublishMessage (dew-api.md 11). */
export function createSmn(world: World, functions: FunctionGraph) {
  const { region, project, clock, random } = world;
  const topics = new Map<string, Topic>();

  function topicOf(urn: string): Topic {
    const topic = topics.get(urn);
    if (topic === undefined) throw new Error(`there is no topic ${urn}`);
    return topic;
  }

  const api: Topics = {
    create(name) {
      const urn = `urn:smn:${region}:${project}:${name}`;
      if (!topics.has(urn)) topics.set(urn, { name, messages: [], functions: [] });
      return urn;
    },
    subscribe(urn, functionName) {
      if (!functions.knows(functionName))
        throw new Error(`no function is called "${functionName}"`);
      topicOf(urn).functions.push(functionName);
    },
    messages: (urn) => topicOf(urn).messages,
  };

  function publish(call: Call): Reply {
    const topic = topics.get(param(call, "topic"));
    if (topic === undefined) throw refuse("SMN.0404");
    if (OTHER_FORMS.some((form) => textField(call.body, form) !== undefined))
      throw refuseAtGateway("LOCAL.0501", "PublishMessage other than by message");
    const { subject = null, message } = bodyOf(call, PublishRequest, (_, detail) =>
      refuse("SMN.0400", detail),
    );
    if (Buffer.byteLength(message) > MESSAGE_BYTES_MAX) throw refuse("SMN.0413");
    if (Buffer.byteLength(subject ?? "") > SUBJECT_BYTES_MAX) throw refuse("SMN.0400", "(subject)");

    const id = uuid(random);
    topic.messages.push({ id, at: clock.now(), subject, message });
    for (const functionName of topic.functions) {
      const place = { region, project, topic: topic.name, functionName, nowMs: clock.now(), id };
      const event = notification([message], place, subject);
      functions.trigger(functionName, event, ASYNC_EVENT_BYTES_MAX);
    }
    return ok({ request_id: call.from.requestId, message_id: id });
  }

  function describe(call: Call): Reply {
    const urn = param(call, "topic");
    const topic = topics.get(urn);
    if (topic === undefined) throw refuse("SMN.0404");
    return ok({ request_id: call.from.requestId, topic_urn: urn, name: topic.name });
  }

  const service: Service = {
    name: "smn",
    traceType: "",
    operations: [
      {
        name: "PublishMessage",
        method: "POST",
        path: "/v2/{project}/notifications/topics/{topic}/publish",
        actions: ["smn:topic:publish"],
        run: publish,
      },
      {
        name: "ListTopicDetails",
        method: "GET",
        path: "/v2/{project}/notifications/topics/{topic}",
        actions: ["smn:topic:get", "smn:topic:list"],
        run: describe,
      },
    ],
    subject: ({ topic = "" }) => ({ id: topic, name: topics.get(topic)?.name ?? "" }),
    refuse: {
      malformed: () => refuse("SMN.0400"),
      denied: (action) => refuse("SMN.0403", `(${action})`),
      foreignProject: () => refuse("SMN.0403", "(project)"),
    },
  };
  return { api, service };
}
