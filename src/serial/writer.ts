/**
 * Values as bytes, for another process: everything that structured clone copies,
 * including Map, Date, bigint, typed arrays and circular references.
 *
 * Written by hand because `node:v8` allocates kilobytes in each call and frees
 * them only at a late garbage collection.
 *
 * @module
 */
import { hasGaps, isLostInCopy, isOfThisProcess, kindOf } from "../clone.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { ERRORS, MAX_ASCII_CHARACTERS, TAG, VIEWS } from "./tags.ts";

/** How deep objects may be nested, so that any stack is large enough. */
const MAX_DEPTH = 2000;

/** Only up to this length is an array checked for further properties. */
const MAX_CHECKED_ELEMENTS = 10_000;

// Taken before a task can replace it.
const { stringify } = JSON;

const encoder = new TextEncoder();

/** The writer of the next value, unless it is busy. */
let idle: Writer | undefined;

/**
 * Returns the value as bytes in a buffer of their own, after `room` zeros.
 *
 * @throws {DOMException} `DataCloneError`: something in the value can't be copied
 * to another process.
 */
export function serialize(value: unknown, room = 0): Uint8Array<ArrayBuffer> {
  // A getter in the value may serialize something itself.
  const writer = idle ?? new Writer();
  idle = undefined;
  try {
    return writer.write(value, room);
  } finally {
    idle = writer;
  }
}

class Writer {
  readonly #bytes: ByteBuffer = new ByteBuffer();
  #depth = 0;
  /** The numbers of the objects in the current value. */
  readonly #objects: Map<object, number> = new Map();
  /** The numbers of the property names in the current value. */
  readonly #keys: Map<string, number> = new Map();

  /** Does what {@linkcode serialize} says. */
  write(value: unknown, room: number): Uint8Array<ArrayBuffer> {
    try {
      this.#bytes.zeros(room);
      this.#write(value);
      return this.#bytes.copy();
    } finally {
      this.#bytes.clear();
      this.#depth = 0;
      this.#objects.clear();
      this.#keys.clear();
    }
  }

  #write(value: unknown): void {
    switch (typeof value) {
      case "undefined":
        return this.#bytes.byte(TAG.undefined);
      case "boolean":
        return this.#bytes.byte(value ? TAG.true : TAG.false);
      case "number":
        return this.#number(value);
      case "bigint":
        return this.#bigint(value);
      case "string":
        return this.#text(value);
      case "object":
        return value === null
          ? this.#bytes.byte(TAG.null)
          : this.#object(value);
      default:
        throw cannotCopy(`a ${typeof value} could not be cloned`);
    }
  }

  #object(value: object): void {
    const number = this.#objects.get(value);
    if (number !== undefined) {
      this.#bytes.byte(TAG.again);
      return this.#bytes.count(number);
    }
    this.#objects.set(value, this.#objects.size);
    if (++this.#depth > MAX_DEPTH) throw cannotCopy("it is nested too deeply");
    if (Array.isArray(value)) {
      this.#array(value);
    } else {
      const prototype = Object.getPrototypeOf(value);
      const plain = prototype === Object.prototype || prototype === null;
      if (plain) this.#plain(value);
      else this.#special(value);
    }
    this.#depth--;
  }

  #plain(value: object): void {
    this.#bytes.byte(TAG.object);
    this.#properties(value);
  }

  #properties(value: object): void {
    const keys = Object.keys(value);
    this.#bytes.count(keys.length);
    for (const key of keys) {
      const number = this.#keys.get(key);
      if (number === undefined) {
        this.#bytes.count(0);
        this.#keys.set(key, this.#keys.size);
        this.#text(key);
      } else {
        this.#bytes.count(number + 1);
      }
      this.#write((value as Record<string, unknown>)[key]);
    }
  }

  #array(value: readonly unknown[]): void {
    const { length } = value;
    if (isDense(value)) {
      this.#bytes.byte(TAG.array);
      this.#bytes.count(length);
      for (let n = 0; n < length; n++) this.#write(value[n]);
    } else {
      this.#bytes.byte(TAG.sparseArray);
      this.#bytes.count(length);
      this.#properties(value);
    }
  }

  /** `copied`: whether the value is a structured clone already. */
  #special(value: object, copied = false): void {
    if (ArrayBuffer.isView(value)) return this.#bufferView(value);
    if (value instanceof Map) {
      // Copied first: a getter of an element may change the map.
      const entries = [...value];
      this.#bytes.byte(TAG.map);
      this.#bytes.count(entries.length);
      for (const [key, element] of entries) {
        this.#write(key);
        this.#write(element);
      }
    } else if (value instanceof Set) {
      const elements = [...value];
      this.#bytes.byte(TAG.set);
      this.#bytes.count(elements.length);
      for (const element of elements) this.#write(element);
    } else if (value instanceof Date) {
      this.#bytes.byte(TAG.date);
      this.#bytes.double(value.getTime());
    } else if (value instanceof ArrayBuffer) {
      this.#buffer(value);
    } else if (value instanceof RegExp) {
      this.#bytes.byte(TAG.regExp);
      this.#text(value.source);
      this.#text(value.flags);
    } else if (value instanceof DOMException) {
      this.#bytes.byte(TAG.domException);
      this.#text(value.message);
      this.#text(value.name);
      this.#write(value.stack);
    } else if (value instanceof Error) {
      this.#error(value);
    } else if (isBoxed(value)) {
      this.#bytes.byte(TAG.boxed);
      this.#write(value.valueOf());
    } else {
      this.#other(value, copied);
    }
  }

  #other(value: object, copied: boolean): void {
    if (copied || isOfThisProcess(value) || isLostInCopy(value)) {
      throw cannotCopy(`a ${kindOf(value)} can't go to another process`);
    }
    // Like structured clone, treats an instance of a class as plain.
    if (kindOf(value) === "Object") return this.#plain(value);
    // The object is of another realm, or structured clone refuses it.
    const copy: object = structuredClone(value);
    if (Object.getPrototypeOf(copy) === Object.prototype) this.#plain(copy);
    else this.#special(copy, true);
  }

  #error(error: Error): void {
    this.#bytes.byte(TAG.error);
    const known = ERRORS.findIndex(({ name }) => name === error.name);
    this.#bytes.count(Math.max(0, known));
    this.#text(String(error.message));
    this.#write(typeof error.stack === "string" ? error.stack : undefined);
    const hasCause = Object.hasOwn(error, "cause");
    this.#write(hasCause);
    if (hasCause) this.#write(error.cause);
  }

  #buffer(buffer: ArrayBuffer): void {
    this.#bytes.byte(buffer.resizable ? TAG.resizableBuffer : TAG.buffer);
    if (buffer.resizable) this.#bytes.count(buffer.maxByteLength);
    this.#bytes.raw(new Uint8Array(buffer));
  }

  #bufferView(view: ArrayBufferView): void {
    if (!(view.buffer instanceof ArrayBuffer)) {
      throw cannotCopy("shared memory can't go to another process");
    }
    const kind = VIEWS.findIndex((one) => view instanceof one);
    const length = (view as Uint8Array).length ?? view.byteLength;
    this.#bytes.byte(TAG.view);
    this.#bytes.count(kind);
    this.#bytes.count(view.byteOffset);
    this.#bytes.count(length);
    this.#write(view.buffer);
  }

  #number(value: number): void {
    const int = value | 0;
    if (int !== value || (int === 0 && 1 / value < 0)) {
      this.#bytes.byte(TAG.number);
      return this.#bytes.double(value);
    }
    this.#bytes.byte(TAG.int);
    // The sign is the last bit, so that small numbers take few bytes.
    this.#bytes.count(((int << 1) ^ (int >> 31)) >>> 0);
  }

  #bigint(value: bigint): void {
    this.#bytes.byte(TAG.bigint);
    // Hexadecimal, because the decimal digits of a long one take seconds.
    this.#text(value.toString(16));
  }

  #text(text: string): void {
    if (
      text.length <= MAX_ASCII_CHARACTERS && this.#bytes.ascii(TAG.ascii, text)
    ) return;
    if (text.isWellFormed()) {
      this.#bytes.byte(TAG.utf8);
      return this.#bytes.raw(encoder.encode(text));
    }
    this.#bytes.byte(TAG.json);
    this.#bytes.raw(encoder.encode(stringify(text)));
  }
}

/** Whether an array has no gaps and no further properties. */
function isDense(array: readonly unknown[]): boolean {
  return !hasGaps(array) &&
    (array.length > MAX_CHECKED_ELEMENTS ||
      Object.keys(array).length === array.length);
}

function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String ||
    value instanceof Boolean || value instanceof BigInt;
}

function cannotCopy(why: string): DOMException {
  return new DOMException(why, "DataCloneError");
}
