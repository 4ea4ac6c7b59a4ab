import { createConnection } from "node:net";

/** Something broken on purpose, to see that the soak notices. */
type Defect = {
  /** The criterion that must fail. */
  readonly criterion: string;
  /** Begins to break an instance; what it answers with runs before each request. */
  readonly inInstance: (endpoint: string) => () => void;
  /** Does the store keep everything for ever? */
  readonly keepsAll?: boolean;
};

export type DefectName = "heap" | "buffers" | "sockets" | "store";

const HEAP_ITEMS = 2_000;
const BUFFER_BYTES = 1024 * 1024;
const REQUESTS_A_SOCKET = 20;

const nothing = () => () => {};

export const DEFECTS: { readonly [Name in DefectName]: Defect } = {
  heap: {
    criterion: "heap",
    inInstance() {
      const kept: object[] = [];
      return () => {
        for (let item = 0; item < HEAP_ITEMS; item += 1) kept.push({ item });
      };
    },
  },
  buffers: {
    criterion: "memory",
    inInstance() {
      const kept: Buffer[] = [];
      return () => void kept.push(Buffer.alloc(BUFFER_BYTES, 1));
    },
  },
  sockets: {
    criterion: "sockets",
    inInstance(endpoint) {
      const { hostname, port } = new URL(endpoint);
      let requests = 0;
      return () => {
        requests += 1;
        // Whatever happens to it, a new one comes soon.
        if (requests % REQUESTS_A_SOCKET === 0)
          createConnection(Number(port), hostname).on("error", () => {});
      };
    },
  },
  store: { criterion: "store", inInstance: nothing, keepsAll: true },
};

export function defectOf(name: string): DefectName {
  for (const known of ["heap", "buffers", "sockets", "store"] as const)
    if (known === name) return known;
  throw new Error(`"${name}" is none of ${Object.keys(DEFECTS).join(", ")}`);
}
