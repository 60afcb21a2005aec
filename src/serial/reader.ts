/**
 * Reads values from bytes. Reading bytes that `serialize` did not write throws or
 * gives some value, in time and memory proportional to their length.
 *
 * @module
 */
import { define } from "../errors.ts";
import { ERRORS, TAG, VIEWS } from "./tags.ts";

// Taken before a task can replace them.
const { isSafeInteger } = Number;
const { parse } = JSON;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The highest index of an array. */
const MAX_INDEX = 2 ** 32 - 2;

/** @throws {Error} The bytes were not made by `serialize`. */
export function deserialize(bytes: Uint8Array): unknown {
  return new Reader(bytes).read();
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  readonly #objects: object[] = [];
  readonly #keys: string[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws {Error} No writer wrote these bytes. */
  read(): unknown {
    const value = this.#read();
    if (this.#at !== this.#bytes.byteLength) throw new Error("bytes left over");
    return value;
  }

  #read(): unknown {
    const tag = this.#byte();
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.int: {
        const folded = this.#count();
        return (folded >>> 1) ^ -(folded & 1);
      }
      case TAG.number:
        return this.#double();
      case TAG.bigint:
        return this.#bigint();
      case TAG.ascii:
      case TAG.utf8:
      case TAG.json:
        return this.#textOf(tag);
      case TAG.again:
        return this.#known(this.#objects, this.#count());
      default:
        return this.#object(tag);
    }
  }

  #object(tag: number): object {
    switch (tag) {
      case TAG.object:
        return this.#properties(this.#add({}));
      case TAG.array: {
        const array: unknown[] = this.#add([]);
        for (let left = this.#length(); left > 0; left--) {
          array.push(this.#read());
        }
        return array;
      }
      case TAG.sparseArray:
        return this.#properties(this.#add(gaps(this.#count())));
      case TAG.map: {
        const map = this.#add(new Map<unknown, unknown>());
        for (let left = this.#length(); left > 0; left--) {
          map.set(this.#read(), this.#read());
        }
        return map;
      }
      case TAG.set: {
        const set = this.#add(new Set<unknown>());
        for (let left = this.#length(); left > 0; left--) set.add(this.#read());
        return set;
      }
      case TAG.date:
        return this.#add(new Date(this.#double()));
      case TAG.regExp:
        return this.#add(new RegExp(this.#text(), this.#text()));
      case TAG.error:
        return this.#error();
      case TAG.domException: {
        const error = new DOMException(this.#text(), this.#text());
        this.#add(error);
        return define(error, "stack", this.#read());
      }
      case TAG.boxed: {
        // Numbered before anything in it.
        const value = this.#read();
        return this.#add(Object(value) as object);
      }
      case TAG.buffer:
        return this.#add(this.#raw().slice().buffer);
      case TAG.resizableBuffer: {
        const maxByteLength = this.#count();
        const bytes = this.#raw();
        const options = { maxByteLength };
        const buffer = new ArrayBuffer(bytes.byteLength, options);
        new Uint8Array(buffer).set(bytes);
        return this.#add(buffer);
      }
      case TAG.view:
        return this.#bufferView();
      default:
        throw new Error(`unknown tag ${tag}`);
    }
  }

  #properties<T extends object>(object: T): T {
    for (let left = this.#length(); left > 0; left--) {
      const key = this.#key();
      const value = this.#read();
      if (key === "__proto__") {
        Object.defineProperty(object, key, {
          value,
          configurable: true,
          enumerable: true,
          writable: true,
        });
      } else {
        (object as Record<string, unknown>)[key] = value;
      }
    }
    return object;
  }

  #key(): string {
    const number = this.#count();
    if (number > 0) return this.#known(this.#keys, number - 1);
    const key = this.#text();
    this.#keys.push(key);
    return key;
  }

  #error(): Error {
    const error = new (this.#known(ERRORS, this.#count()))();
    this.#add(error);
    define(error, "message", this.#text());
    define(error, "stack", this.#read());
    return this.#read() ? define(error, "cause", this.#read()) : error;
  }

  #bufferView(): ArrayBufferView {
    const kind = this.#known(VIEWS, this.#count());
    const offset = this.#count();
    const length = this.#count();
    // Numbered before its buffer.
    const number = this.#objects.length;
    this.#add({});
    const buffer = this.#read();
    if (!(buffer instanceof ArrayBuffer)) throw new Error("a view of nothing");
    return this.#objects[number] = new kind(buffer, offset, length);
  }

  #add<T extends object>(object: T): T {
    this.#objects.push(object);
    return object;
  }

  #known<T>(list: readonly T[], number: number): T {
    const one = list[number];
    if (one === undefined) throw new Error(`nothing has the number ${number}`);
    return one;
  }

  #bigint(): bigint {
    const hex = this.#text();
    return hex.startsWith("-")
      ? -BigInt(`0x${hex.slice(1)}`)
      : BigInt(`0x${hex}`);
  }

  #text(): string {
    return this.#textOf(this.#byte());
  }

  #textOf(tag: number): string {
    switch (tag) {
      case TAG.ascii: {
        const end = this.#advance(this.#byte());
        let text = "";
        for (let at = end.from; at < end.to; at++) {
          text += String.fromCharCode(this.#bytes[at]!);
        }
        return text;
      }
      case TAG.utf8:
        return utf8.decode(this.#raw());
      case TAG.json: {
        const text: unknown = parse(utf8.decode(this.#raw()));
        if (typeof text !== "string") throw new Error("not a text");
        return text;
      }
      default:
        throw new Error(`no text has the tag ${tag}`);
    }
  }

  #raw(): Uint8Array {
    const { from, to } = this.#advance(this.#count());
    return this.#bytes.subarray(from, to);
  }

  /** How many values follow; each takes at least one byte. */
  #length(): number {
    const length = this.#count();
    if (length > this.#bytes.byteLength - this.#at) throw cutOff();
    return length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw cutOff();
    return byte;
  }

  #count(): number {
    let count = 0;
    for (let unit = 1;; unit *= 128) {
      const byte = this.#byte();
      count += (byte & 127) * unit;
      if (byte < 128) break;
    }
    if (!isSafeInteger(count)) throw new Error("not a count");
    return count;
  }

  #double(): number {
    const { from } = this.#advance(8);
    return this.#view.getFloat64(from);
  }

  #advance(length: number): { readonly from: number; readonly to: number } {
    const from = this.#at;
    const to = from + length;
    if (to > this.#bytes.byteLength) throw cutOff();
    this.#at = to;
    return { from, to };
  }
}

/**
 * Makes an array of gaps. V8 would reserve memory for the length alone, some
 * 240 MB for 30 million; after an element at a far index it reserves none.
 */
function gaps(length: number): unknown[] {
  const array: unknown[] = [];
  array[MAX_INDEX] = undefined;
  array.length = length;
  return array;
}

function cutOff(): Error {
  return new Error("bytes are missing");
}
