/** What could be had in place of our own. */
import { type Devalue, REDUCERS, REVIVERS } from "./devalue.ts";

/** A way to write values and to read them. */
export interface Contestant {
  readonly write: (value: unknown) => Uint8Array;
  readonly read: (bytes: Uint8Array) => unknown;
}

/** One that is loaded when it is its turn: no test has a need of it. */
export interface Candidate {
  readonly name: string;
  readonly module: string;
  readonly load: () => Promise<Contestant>;
}

type Write<T> = (value: unknown) => T;
type Read<T> = (written: T) => unknown;

function candidate<M>(
  name: string,
  module: string,
  use: (exports: M) => Contestant,
): Candidate {
  return { name, module, load: async () => use(await import(module)) };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function asText(write: Write<string>, read: Read<string>): Contestant {
  return {
    write: (value) => encoder.encode(write(value)),
    read: (bytes) => read(decoder.decode(bytes)),
  };
}

function asJson(write: Write<unknown>, read: Read<unknown>): Contestant {
  return asText(
    (value) => JSON.stringify(write(value)),
    (text) => read(JSON.parse(text)),
  );
}

interface Serializer<T> {
  serialize(value: unknown): T;
  deserialize(written: T): unknown;
}

const OURS = new URL("./ours.ts", import.meta.url).href;

export const CANDIDATES: readonly Candidate[] = [
  candidate<Serializer<Uint8Array>>(
    "ours",
    OURS,
    ({ serialize, deserialize }) => ({ write: serialize, read: deserialize }),
  ),
  candidate<Serializer<Uint8Array>>(
    "node:v8",
    "node:v8",
    ({ serialize, deserialize }) => ({
      write: (value) => new Uint8Array(serialize(value)),
      read: deserialize,
    }),
  ),
  candidate<Devalue>(
    "devalue",
    "npm:devalue@6.0.3",
    ({ stringify, parse }) =>
      asText((value) => stringify(value), (text) => parse(text)),
  ),
  candidate<Devalue>(
    "devalue, told how",
    "npm:devalue@6.0.3",
    ({ stringify, parse }) =>
      asText(
        (value) => stringify(value, REDUCERS),
        (text) => parse(text, REVIVERS),
      ),
  ),
  candidate<{ toJSON: Write<unknown>; fromJSON: Read<unknown> }>(
    "seroval",
    "npm:seroval@1.8.1",
    ({ toJSON, fromJSON }) => asJson(toJSON, fromJSON),
  ),
  candidate<Serializer<unknown>>(
    "@ungap/structured-clone",
    "npm:@ungap/structured-clone@1.4.0",
    ({ serialize, deserialize }) => asJson(serialize, deserialize),
  ),
  candidate<{ stringify: Write<string>; parse: Read<string> }>(
    "superjson",
    "npm:superjson@2.2.6",
    ({ stringify, parse }) => asText(stringify, parse),
  ),
];
