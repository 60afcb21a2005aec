/**
 * The numbers that references go by in one loop, which is told of each once.
 *
 * @module
 */
import type { ToLoop } from "../../protocol/messages.ts";
import { encodeReference, type Submittable } from "../../protocol/reference.ts";

/** How many inline functions a loop keeps. */
const INLINE = 1000;

export class ReferenceTable {
  readonly #tell: (message: ToLoop) => void;
  /** By their source, the oldest first. */
  readonly #inline: Map<string, number> = new Map();
  readonly #exports: Map<string, Map<string, number>> = new Map();
  #last: Submittable | undefined;
  #lastNumber = 0;
  #count = 0;

  /** `tell` is told what the loop must know before the next number is used. */
  constructor(tell: (message: ToLoop) => void) {
    this.#tell = tell;
  }

  /** @throws {TypeError} The reference can't be sent. */
  numberOf(reference: Submittable): number {
    if (reference === this.#last) return this.#lastNumber;
    const [table, key] = this.#placeOf(reference);
    const number = table.get(key) ?? this.#define(reference, table, key);
    this.#last = reference;
    this.#lastNumber = number;
    return number;
  }

  #placeOf(reference: Submittable): [Map<string, number>, string] {
    if (typeof reference === "function") {
      return [this.#inline, Function.prototype.toString.call(reference)];
    }
    return "source" in reference
      ? [this.#inline, reference.source]
      : [this.#exportsOf(reference.module), reference.export];
  }

  #define(
    reference: Submittable,
    table: Map<string, number>,
    key: string,
  ): number {
    const encoded = encodeReference(reference);
    if (table === this.#inline && table.size >= INLINE) this.#forgetOldest();
    const number = ++this.#count;
    table.set(key, number);
    this.#tell({ type: "define", ref: number, reference: encoded });
    return number;
  }

  /** Sources can be without number, made of what changes from one to another. */
  #forgetOldest(): void {
    const [source, number] = this.#inline.entries().next().value!;
    this.#inline.delete(source);
    this.#tell({ type: "forget", ref: number });
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
