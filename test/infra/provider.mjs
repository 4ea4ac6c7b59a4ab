// A stand-in for the provider, for machines that cannot have the real one: it knows the provider's documented
// schema (provider-schema.json) and nothing else. Terraform reads the schema, checks the module against it,
// and evaluates every expression; `terraform test` makes up what a cloud would answer (mock_provider).
// It speaks as much of Terraform's plugin protocol, version 5, as that takes. Not faithful: it accepts every
// value of the right type, as the real one would not.
import { readFile } from "node:fs/promises";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import protobuf from "protobufjs";

/** The part of the protocol that is spoken; what is not named here is answered with an empty message. */
const PROTOCOL = `
  syntax = "proto3";
  message Empty {}
  message Schema { int64 version = 1; Block block = 2; }
  message Block { int64 version = 1; repeated Attribute attributes = 2; repeated Nested block_types = 3; }
  message Attribute {
    string name = 1; bytes type = 2; bool required = 4; bool optional = 5; bool computed = 6;
  }
  message Nested { string type_name = 1; Block block = 2; int32 nesting = 3; int64 min_items = 4; int64 max_items = 5; }
  message Schemas { Schema provider = 1; map<string, Schema> resources = 2; map<string, Schema> data = 3; }
  message Value { bytes msgpack = 1; bytes json = 2; }
  message Config { Value config = 1; }
  message Stored { string type_name = 1; int64 version = 2; Raw raw_state = 3; }
  message Raw { bytes json = 1; }
  message State { Value upgraded_state = 1; }
`;
/** Where Terraform and OpenTofu think that providers come from. */
const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"];
const NESTING = { single: 1, list: 2, set: 3 };
const root = protobuf.parse(PROTOCOL, { keepCase: true }).root;

const json = (type) => Buffer.from(JSON.stringify(type));

function attribute(name, block) {
  const isArgument = block.required.includes(name) || block.optional.includes(name);
  return {
    name,
    type: json(block.types[name] ?? "string"),
    required: block.required.includes(name),
    optional: block.optional.includes(name),
    // Most of what may be left out is filled in by the service.
    computed: !isArgument,
  };
}

function schemaOf(block) {
  const names = new Set([...block.required, ...block.optional, ...block.computed, "id"]);
  const nested = Object.entries(block.blocks);
  return {
    attributes: [...names]
      .filter((name) => !(name in block.blocks))
      .map((name) => attribute(name, block)),
    block_types: nested.map(([name, inner]) => ({
      type_name: name,
      block: schemaOf(inner),
      nesting: NESTING[inner.nesting],
      min_items: inner.min,
      max_items: inner.max ?? 0,
    })),
  };
}

const rows = (blocks) =>
  Object.fromEntries(
    Object.entries(blocks).map(([name, block]) => [name, { version: 0, block: schemaOf(block) }]),
  );

async function schemas() {
  const file = new URL("provider-schema.json", import.meta.url);
  const { resources, data } = JSON.parse(await readFile(file, "utf8"));
  // What the examples give the provider.
  const region = { required: [], optional: ["region"], computed: [], types: {}, blocks: {} };
  return {
    provider: { version: 0, block: { attributes: [attribute("region", region)] } },
    resources: rows(resources),
    data: rows(data),
  };
}

/** How each method is answered; those that only say what is wrong say nothing. */
const METHODS = {
  GetSchema: { asks: "Empty", answers: "Schemas", answer: (_asked, schemas) => schemas },
  PrepareProviderConfig: { asks: "Config", answers: "Config", answer: (asked) => asked },
  ValidateResourceTypeConfig: { asks: "Empty", answers: "Empty", answer: () => ({}) },
  ValidateDataSourceConfig: { asks: "Empty", answers: "Empty", answer: () => ({}) },
  // OpenTofu asks for it even where answers are made up: every state is of today.
  UpgradeResourceState: {
    asks: "Stored",
    answers: "State",
    answer: ({ raw_state }) => ({ upgraded_state: { json: raw_state.json } }),
  },
  Configure: { asks: "Empty", answers: "Empty", answer: () => ({}) },
  Stop: { asks: "Empty", answers: "Empty", answer: () => ({}) },
};

const codec = (name) => {
  const type = root.lookupType(name);
  return {
    write: (value) => Buffer.from(type.encode(type.fromObject(value)).finish()),
    read: (bytes) => type.toObject(type.decode(bytes)),
  };
};

/**
 * Starts the stand-in; answers with what Terraform's environment must say to use it (TF_REATTACH_PROVIDERS), and with
 * how to stop it.
 */
export async function startProvider() {
  const known = await schemas();
  const method = (name, { asks, answers }) => ({
    path: `/tfplugin5.Provider/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: codec(asks).write,
    requestDeserialize: codec(asks).read,
    responseSerialize: codec(answers).write,
    responseDeserialize: codec(answers).read,
  });
  const each = (part) =>
    Object.fromEntries(Object.entries(METHODS).map(([name, row]) => [name, part(name, row)]));
  const server = new Server();
  server.addService(
    each(method),
    each(
      (_name, { answer }) =>
        ({ request }, done) =>
          done(null, answer(request, known)),
    ),
  );
  const port = await new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const address = {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
  };
  return {
    environment: {
      TF_REATTACH_PROVIDERS: JSON.stringify(
        Object.fromEntries(REGISTRIES.map((host) => [`${host}/huaweicloud/huaweicloud`, address])),
      ),
    },
    stop: () => server.forceShutdown(),
  };
}
