import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { API, type Client, createKafkaClient, setLogger } from "kafka-ts";

const LIBRARIES = new URL("../../.local/kafka/lib", import.meta.url).pathname;
const START_MS_MAX = 60_000;
const LOOK_MS = 200;
const HEAP = ["-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
const LOG_SHOWN = 2000;

/** The one user that the broker knows. */
export const USER = "alice";
export const PASSWORD = "wonderland";

/** A real broker, in KRaft mode, on free ports of loopback. */
export type LocalKafka = {
  /** `127.0.0.1:<port>`: without a login. */
  readonly brokers: string;
  /** The same broker, where it asks for `USER` and `PASSWORD` (PLAIN and SCRAM-SHA-512). */
  readonly saslBrokers: string;
  /** The same broker behind TLS. */
  readonly tlsBrokers: string;
  /** Certificate of the TLS port, as PEM. */
  readonly ca: string;
  readonly client: Client;
  createTopic(name: string, settings?: { readonly [name: string]: string }): Promise<void>;
  /** Ends the process without notice (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again on the same ports and with the same data, and waits until it answers. */
  restart(): Promise<void>;
  /** Kills it and removes its data. */
  stop(): Promise<void>;
};

type Ports = {
  readonly plain: number;
  readonly sasl: number;
  readonly tls: number;
  readonly controller: number;
};

/** Formats a storage and starts the broker; resolves when it answers. */
export async function startKafka(): Promise<LocalKafka> {
  if (!existsSync(LIBRARIES)) throw new Error("the broker is not there: run npm run test:broker");
  setLogger({ debug() {}, info() {}, warn() {}, error() {} });
  const folder = await mkdtemp(join(tmpdir(), "kafka-"));
  const [plain = 0, sasl = 0, tls = 0, controller = 0] = await freePorts(4);
  const settings = join(folder, "server.properties");
  await makeCertificate(folder);
  await writeFile(settings, settingsOf(folder, { plain, sasl, tls, controller }));
  await format(settings);

  const brokers = `127.0.0.1:${plain}`;
  const client = clientOf(plain);
  let broker: ChildProcess | null = null;

  async function start(): Promise<void> {
    broker = run(settings, join(folder, "broker.log"));
    await waitUntilReady(broker, client, join(folder, "broker.log"));
  }
  async function kill(): Promise<void> {
    const running = broker;
    broker = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, "exit");
    running.kill("SIGKILL");
    await gone;
  }

  await start();
  return {
    brokers,
    saslBrokers: `127.0.0.1:${sasl}`,
    tlsBrokers: `127.0.0.1:${tls}`,
    ca: await readFile(join(folder, "ca.pem"), "utf8"),
    client,
    createTopic: (name, topicSettings = {}) => createTopic(client, name, topicSettings),
    kill,
    restart: start,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function clientOf(port: number): Client {
  return createKafkaClient({
    clientId: "test",
    bootstrapServers: [{ host: "127.0.0.1", port }],
    connectTimeout: 2000,
  });
}

function settingsOf(folder: string, { plain, sasl, tls, controller }: Ports): string {
  const jaas = `org.apache.kafka.common.security`;
  const listeners = [
    `PLAIN://127.0.0.1:${plain}`,
    `SASL://127.0.0.1:${sasl}`,
    `TLS://127.0.0.1:${tls}`,
  ];
  const settings = {
    "process.roles": "broker,controller",
    "node.id": "1",
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${controller}`].join(","),
    "advertised.listeners": listeners.join(","),
    "listener.security.protocol.map":
      "PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAIN",
    "controller.listener.names": "CONTROLLER",
    "controller.quorum.voters": `1@127.0.0.1:${controller}`,
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
    "listener.name.sasl.plain.sasl.jaas.config": `${jaas}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
    "listener.name.sasl.scram-sha-512.sasl.jaas.config": `${jaas}.scram.ScramLoginModule required;`,
    "ssl.keystore.type": "PKCS12",
    "ssl.keystore.location": join(folder, "broker.p12"),
    "ssl.keystore.password": PASSWORD,
    "log.dirs": join(folder, "data"),
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    // A broker that was killed cannot register again before its old session is over.
    "broker.heartbeat.interval.ms": "300",
    "broker.session.timeout.ms": "1500",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** A key of the broker's own, and its certificate for whoever is to trust it. */
async function makeCertificate(folder: string): Promise<void> {
  const store = [
    "-keystore",
    join(folder, "broker.p12"),
    "-storepass",
    PASSWORD,
    "-alias",
    "broker",
  ];
  const names = ["-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1", "-validity", "2"];
  const keytool = (...options: string[]) => promisify(execFile)("keytool", [...options, ...store]);
  await keytool("-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", ...names);
  await keytool("-exportcert", "-rfc", "-file", join(folder, "ca.pem"));
}

async function format(settings: string): Promise<void> {
  // An id that begins with a dash would look like an option.
  const id = randomBytes(16).toString("base64url").replace(/^-/, "A");
  const user = `SCRAM-SHA-512=[name=${USER},password=${PASSWORD}]`;
  const options = ["format", "-t", id, "-c", settings, "--add-scram", user];
  await promisify(execFile)("java", [
    ...["-cp", join(LIBRARIES, "*"), "kafka.tools.StorageTool"],
    ...options,
  ]);
}

function run(settings: string, logFile: string): ChildProcess {
  const log = openSync(logFile, "a");
  const level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";
  const program = [...HEAP, level, "-cp", join(LIBRARIES, "*"), "kafka.Kafka", settings];
  const broker = spawn("java", program, { stdio: ["ignore", log, log] });
  closeSync(log);
  const end = () => broker.kill("SIGKILL");
  process.once("exit", end);
  broker.once("exit", () => process.off("exit", end));
  return broker;
}

async function waitUntilReady(
  broker: ChildProcess,
  client: Client,
  logFile: string,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += LOOK_MS) {
    if (broker.exitCode !== null) break;
    if (await answers(client)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  broker.kill("SIGKILL");
  const log = readFileSync(logFile, "utf8").slice(-LOG_SHOWN);
  throw new Error(`the broker did not start: ${log}`);
}

async function answers(client: Client): Promise<boolean> {
  const cluster = client.createCluster();
  try {
    await cluster.connect();
    return true;
  } catch {
    return false;
  } finally {
    await cluster.disconnect();
  }
}

async function createTopic(
  client: Client,
  name: string,
  settings: { readonly [name: string]: string },
): Promise<void> {
  const cluster = client.createCluster();
  await cluster.connect();
  const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  const topic = { name, numPartitions: 2, replicationFactor: 1, assignments: [], configs };
  await cluster.sendRequest(API.CREATE_TOPICS, {
    topics: [topic],
    timeoutMs: 10_000,
    validateOnly: false,
  });
  await cluster.disconnect();
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
