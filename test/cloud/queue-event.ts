/** Where a batch of messages comes from and goes to, for the fields of its event. */
export type QueuePlace = {
  readonly region: string;
  readonly project: string;
  /** Name of the queue or topic. */
  readonly topic: string;
  readonly functionName: string;
  readonly nowMs: number;
  /** Ids in the event begin with it. */
  readonly id: string;
};

type Row = {
  readonly build: (texts: readonly string[], place: QueuePlace) => unknown;
  /** Most messages in one event; everything that fits where missing. */
  readonly textsMax?: number;
};

/**
 * The event in which a function gets messages, by trigger, and by variant where the documents differ or are
 * silent (functiongraph.md 3).
 *
 * - Kafka: `instance_id` is inside `records[]` in the vendor's template of 2021 and on top elsewhere. Messages
 *   are plain texts, without key or offset. `event_time` is in seconds.
 * - RocketMQ: the same shape. RabbitMQ: not established; Kafka's shape, as a guess.
 * - SMN: one message an event; the list has the singular name `record`.
 * - EventGrid stream: not established. A list of CloudEvents is what its batch window suggests; `data` may be
 *   the text, the object that the text says, or hold the text as `value` beside its topic, partition and offset;
 *   the list may be wrapped, or be one event only, or be nothing but the messages.
 * - A direct invocation: the message itself is the event.
 */
const ENVELOPES = {
  KAFKA: { build: (texts, place) => batch("KAFKA", texts, place) },
  "KAFKA/instance-in-records": { build: (texts, place) => innerBatch("KAFKA", texts, place) },
  OPENSOURCEKAFKA: { build: (texts, place) => batch("OPENSOURCEKAFKA", texts, place) },
  "OPENSOURCEKAFKA/instance-in-records": {
    build: (texts, place) => innerBatch("OPENSOURCEKAFKA", texts, place),
  },
  ROCKETMQ: { build: (texts, place) => batch("ROCKETMQ", texts, place) },
  RABBITMQ: { build: (texts, place) => batch("RABBITMQ", texts, place) },
  SMN: { build: notification, textsMax: 1 },
  EVENTGRID: { build: (texts, place) => cloudEvents(texts, place, (text) => text) },
  "EVENTGRID/data-object": { build: (texts, place) => cloudEvents(texts, place, said) },
  "EVENTGRID/data-value": {
    build: (texts, place) =>
      cloudEvents(texts, place, (value, offset) => {
        return { topic: place.topic, partition: 0, offset, key: null, value };
      }),
  },
  "EVENTGRID/wrapped": {
    build: (texts, place) => ({ events: cloudEvents(texts, place, said) }),
  },
  "EVENTGRID/single": { build: (texts, place) => cloudEvents(texts, place, said)[0], textsMax: 1 },
  "EVENTGRID/messages": { build: (texts) => texts.map(said) },
  BARE: { build: ([text = ""]) => said(text), textsMax: 1 },
} as const satisfies { readonly [name: string]: Row };

export type Envelope = keyof typeof ENVELOPES;

/** Every envelope there is, variants included. */
export const ENVELOPE_NAMES: readonly Envelope[] = Object.keys(ENVELOPES).filter(isEnvelope);

function isEnvelope(name: string): name is Envelope {
  return Object.hasOwn(ENVELOPES, name);
}

/** Builds the event of a batch. Nothing but its arguments goes into it. */
export function queueEvent(
  envelope: Envelope,
  texts: readonly string[],
  place: QueuePlace,
): unknown {
  return rowOf(envelope).build(texts, place);
}

/** Most messages that one event of this envelope holds. */
export function textsMaxOf(envelope: Envelope): number {
  return rowOf(envelope).textsMax ?? Number.POSITIVE_INFINITY;
}

function rowOf(envelope: Envelope): Row {
  return ENVELOPES[envelope];
}

function batch(trigger: string, texts: readonly string[], place: QueuePlace): object {
  return {
    ...head(trigger, place),
    instance_id: instanceOf(place),
    records: [{ messages: texts, topic_id: place.topic }],
  };
}

function innerBatch(trigger: string, texts: readonly string[], place: QueuePlace): object {
  const records = [{ messages: texts, topic_id: place.topic, instance_id: instanceOf(place) }];
  return { ...head(trigger, place), records };
}

function head(trigger: string, { region, nowMs }: QueuePlace): object {
  return {
    event_version: "v1.0",
    event_time: Math.floor(nowMs / 1000),
    trigger_type: trigger,
    region,
  };
}

function instanceOf({ topic }: QueuePlace): string {
  return `local-instance-of-${topic}`;
}

/** What a topic of SMN tells a subscribed function. */
export function notification(
  texts: readonly string[],
  place: QueuePlace,
  subject: string | null = null,
): object {
  const { region, project, topic, functionName, nowMs, id } = place;
  const at = new Date(nowMs).toISOString();
  return {
    record: texts.map((message, index) => ({
      event_version: "1.0",
      smn: {
        topic_urn: `urn:smn:${region}:${project}:${topic}`,
        timestamp: `${at.slice(0, 19)}Z`,
        message_attributes: null,
        message,
        type: "notification",
        message_id: index === 0 ? id : `${id}-${index}`,
        subject,
      },
      event_subscription_urn: `urn:fss:${region}:${project}:function:default:${functionName}:latest`,
      event_source: "smn",
    })),
    functionname: functionName,
    requestId: id,
    timestamp: new Date(nowMs).toUTCString(),
  };
}

function cloudEvents(
  texts: readonly string[],
  { topic, nowMs, id }: QueuePlace,
  dataOf: (text: string, index: number) => unknown,
): readonly object[] {
  return texts.map((text, index) => ({
    id: `${id}-${index}`,
    source: "HC.Kafka",
    specversion: "1.0",
    type: "Kafka:Message",
    datacontenttype: "application/json",
    subject: topic,
    time: new Date(nowMs).toISOString(),
    data: dataOf(text, index),
  }));
}

/** What a text says as JSON; the text itself where it is not JSON. */
function said(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
