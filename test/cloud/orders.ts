import { isSecretName } from "../../shared/core/resource.ts";
import { type CloudClient, createClient } from "./client.ts";
import type { LocalCloud } from "./index.ts";

/** What somebody at the keyboard may ask of a running local cloud, a line each. */
export const ORDERS: readonly string[] = [
  "secret <name> [by <user>]   create a secret, and see it tagged",
  "key <alias> [by <user>]     create a key",
  "tag <name> <key>=<value>    set a tag, as a person would",
  "tags <name>                 show the tags of a secret or a key",
  "list                        all that there is",
];

type Order = {
  readonly pattern: RegExp;
  readonly obey: (parts: readonly string[], desk: Desk) => Promise<readonly string[]>;
};

type Desk = { readonly cloud: LocalCloud; readonly clientOf: (user: string) => CloudClient };

const EVERYDAY_USER = "alice";

const TABLE: readonly Order[] = [
  {
    pattern: /^secret (\S+)(?: by (\S+))?$/,
    async obey([name = "", user = EVERYDAY_USER], { clientOf }) {
      if (!isSecretName(name)) return [`"${name}" is no name of a secret: letters, digits, - _ .`];
      await clientOf(user).createSecret(name);
      return [];
    },
  },
  {
    pattern: /^key (\S+)(?: by (\S+))?$/,
    async obey([alias = "", user = EVERYDAY_USER], { clientOf }) {
      await clientOf(user).createKey(alias);
      return [];
    },
  },
  {
    pattern: /^tag (\S+) ([^=\s]+)=(.*)$/,
    async obey([name = "", key = "", value = ""], { cloud, clientOf }) {
      const resource = find(cloud, name);
      if (resource === undefined) return [unknown(name)];
      const { status } = await clientOf(EVERYDAY_USER).tag(resource.type, resource.id, {
        [key]: value,
      });
      return status < 300 ? [] : [`the service refused with ${status}`];
    },
  },
  {
    pattern: /^tags (\S+)$/,
    async obey([name = ""], { cloud }) {
      const resource = find(cloud, name);
      if (resource === undefined) return [unknown(name)];
      if (resource.tags.size === 0) return ["  no tags"];
      const width = Math.max(...[...resource.tags.keys()].map((key) => key.length));
      return [...resource.tags].map(([key, value]) => `  ${key.padEnd(width)}  ${value}`);
    },
  },
  {
    pattern: /^list$/,
    async obey(_parts, { cloud }) {
      return cloud
        .resources()
        .map(({ type, name, tags }) => `  ${type.padEnd(6)} ${name}  ${tags.size} tags`);
    },
  },
];

function find(cloud: LocalCloud, name: string) {
  return cloud.resources().find((resource) => resource.name === name || resource.id === name);
}

function unknown(name: string): string {
  return `there is no secret or key ${name}; list shows all`;
}

/** Reads orders line by line and carries them out, until the lines end. What is wrong is said. */
export async function takeOrders(
  cloud: LocalCloud,
  lines: AsyncIterable<string>,
  write: (line: string) => void,
): Promise<void> {
  const clients = new Map<string, CloudClient>();
  const clientOf = (user: string) => {
    const client = clients.get(user) ?? createClient(cloud, cloud.user(user), "keyboard");
    clients.set(user, client);
    return client;
  };
  try {
    for await (const line of lines) {
      const answer = await carryOut(line.trim().replaceAll(/\s+/g, " "), { cloud, clientOf });
      for (const said of answer) write(said);
    }
  } finally {
    await Promise.all([...clients.values()].map((client) => client.close()));
  }
}

async function carryOut(line: string, desk: Desk): Promise<readonly string[]> {
  if (line === "") return [];
  for (const { pattern, obey } of TABLE) {
    const [, ...parts] = pattern.exec(line) ?? [];
    if (!pattern.test(line)) continue;
    try {
      return await obey(parts, desk);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }
  return ["what may be asked:", ...ORDERS.map((order) => `  ${order}`)];
}
