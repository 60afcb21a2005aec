/**
 * Numbers for the references that one loop knows. Each reference is sent once.
 *
 * @module
 */
import type { ToLoop } from "../../protocol/messages.ts";
import { encodeReference, type Submittable } from "../../protocol/reference.ts";

/** How many inline functions a loop keeps. */
const MAX_INLINE = 1000;

export class ReferenceTable {
  readonly #send: (message: ToLoop) => void;
  /** By source, the oldest first. */
  readonly #inline: Map<string, number> = new Map();
  readonly #exports: Map<string, Map<string, number>> = new Map();
  #last: Submittable | undefined;
  #lastNumber = 0;
  #count = 0;

  /** `send` gets what the loop must know before it gets the next number. */
  constructor(send: (message: ToLoop) => void) {
    this.#send = send;
  }

  /** @throws {TypeError} The reference can't be sent. */
  numberOf(reference: Submittable): number {
    if (reference === this.#last) return this.#lastNumber;
    const [table, key] = this.#entryOf(reference);
    const number = table.get(key) ?? this.#define(reference, table, key);
    this.#last = reference;
    this.#lastNumber = number;
    return number;
  }

  #entryOf(reference: Submittable): [Map<string, number>, string] {
    if (typeof reference === "function") {
      return [this.#inline, Function.prototype.toString.call(reference)];
    }
    const { source, module, export: exported } = Object(reference);
    return source === undefined
      ? [this.#exportsOf(module), exported]
      : [this.#inline, source];
  }

  #define(
    reference: Submittable,
    table: Map<string, number>,
    key: string,
  ): number {
    const encoded = encodeReference(reference);
    if (table === this.#inline && table.size >= MAX_INLINE) {
      this.#forgetOldest();
    }
    const number = ++this.#count;
    table.set(key, number);
    this.#send({ type: "define", ref: number, reference: encoded });
    return number;
  }

  /** The table must be bounded: each call may have a source of its own. */
  #forgetOldest(): void {
    const [source, number] = this.#inline.entries().next().value!;
    this.#inline.delete(source);
    this.#send({ type: "forget", ref: number });
  }

  #exportsOf(module: string): Map<string, number> {
    let exports = this.#exports.get(module);
    if (exports === undefined) {
      exports = new Map();
      this.#exports.set(module, exports);
    }
    return exports;
  }
}
