/**
 * Values to bytes.
 *
 * @module
 */
import { isLostInCopy, isOfThisProcess, kindOf } from "../clone.ts";
import { ERRORS, SHORT, TAG, VIEWS } from "./tags.ts";

/** A buffer that has grown beyond this is not kept for the next value. */
const KEPT = 1_048_576;
const START = 4096;

/** How deep objects may be nested: no deeper than any stack can follow. */
const DEEPEST = 2000;

/** Only a shorter array is looked at for properties besides its elements. */
const LOOKED_AT = 10_000;

const encoder = new TextEncoder();

export class Writer {
  #bytes = new Uint8Array(START);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #depth = 0;
  /** The objects of this value, and their numbers. */
  readonly #objects: Map<object, number> = new Map();
  /** The names of properties, and their numbers. */
  readonly #keys: Map<string, number> = new Map();

  /**
   * Returns the bytes in a buffer of their own.
   *
   * @throws {DOMException} `DataCloneError`: something in it can't be copied.
   */
  write(value: unknown): Uint8Array<ArrayBuffer> {
    try {
      this.#write(value);
      return this.#bytes.slice(0, this.#at);
    } finally {
      this.#at = 0;
      this.#depth = 0;
      this.#objects.clear();
      this.#keys.clear();
      if (this.#bytes.byteLength > KEPT) this.#resize(START);
    }
  }

  #write(value: unknown): void {
    switch (typeof value) {
      case "undefined":
        return this.#byte(TAG.undefined);
      case "boolean":
        return this.#byte(value ? TAG.true : TAG.false);
      case "number":
        return this.#number(value);
      case "bigint":
        this.#byte(TAG.bigint);
        return this.#text(String(value));
      case "string":
        return this.#text(value);
      case "object":
        return value === null ? this.#byte(TAG.null) : this.#object(value);
      default:
        throw cannotCopy(`a ${typeof value} could not be cloned`);
    }
  }

  #object(value: object): void {
    const number = this.#objects.get(value);
    if (number !== undefined) {
      this.#byte(TAG.again);
      return this.#count(number);
    }
    this.#objects.set(value, this.#objects.size);
    if (++this.#depth > DEEPEST) throw cannotCopy("it is nested too deeply");
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
    this.#byte(TAG.object);
    this.#properties(value);
  }

  #properties(value: object): void {
    const keys = Object.keys(value);
    this.#count(keys.length);
    for (const key of keys) {
      const number = this.#keys.get(key);
      if (number === undefined) {
        this.#count(0);
        this.#keys.set(key, this.#keys.size);
        this.#text(key);
      } else {
        this.#count(number + 1);
      }
      this.#write((value as Record<string, unknown>)[key]);
    }
  }

  #array(value: readonly unknown[]): void {
    const { length } = value;
    if (isDense(value)) {
      this.#byte(TAG.array);
      this.#count(length);
      for (let n = 0; n < length; n++) this.#write(value[n]);
    } else {
      this.#byte(TAG.sparseArray);
      this.#count(length);
      this.#properties(value);
    }
  }

  /** What is neither plain nor an array; `copied`: by structured clone. */
  #special(value: object, copied = false): void {
    if (ArrayBuffer.isView(value)) return this.#bufferView(value);
    if (value instanceof Map) {
      // A getter of an element may change the map.
      const entries = [...value];
      this.#byte(TAG.map);
      this.#count(entries.length);
      for (const [key, element] of entries) {
        this.#write(key);
        this.#write(element);
      }
    } else if (value instanceof Set) {
      const elements = [...value];
      this.#byte(TAG.set);
      this.#count(elements.length);
      for (const element of elements) this.#write(element);
    } else if (value instanceof Date) {
      this.#byte(TAG.date);
      this.#double(value.getTime());
    } else if (value instanceof ArrayBuffer) {
      this.#buffer(value);
    } else if (value instanceof RegExp) {
      this.#byte(TAG.regExp);
      this.#text(value.source);
      this.#text(value.flags);
    } else if (value instanceof DOMException) {
      this.#byte(TAG.domException);
      this.#text(value.message);
      this.#text(value.name);
      this.#write(value.stack);
    } else if (value instanceof Error) {
      this.#error(value);
    } else if (isBoxed(value)) {
      this.#byte(TAG.boxed);
      this.#write(value.valueOf());
    } else {
      this.#other(value, copied);
    }
  }

  #other(value: object, copied: boolean): void {
    if (copied || isOfThisProcess(value) || isLostInCopy(value)) {
      throw cannotCopy(`a ${kindOf(value)} can't go to another process`);
    }
    // An instance of a class is copied as if it were plain.
    if (kindOf(value) === "Object") return this.#plain(value);
    // Of another realm, or not to be copied, which structured clone says.
    const copy: object = structuredClone(value);
    if (Object.getPrototypeOf(copy) === Object.prototype) this.#plain(copy);
    else this.#special(copy, true);
  }

  #error(error: Error): void {
    this.#byte(TAG.error);
    const known = ERRORS.findIndex(({ name }) => name === error.name);
    this.#count(Math.max(0, known));
    this.#text(String(error.message));
    this.#write(typeof error.stack === "string" ? error.stack : undefined);
    const hasCause = Object.hasOwn(error, "cause");
    this.#write(hasCause);
    if (hasCause) this.#write(error.cause);
  }

  #buffer(buffer: ArrayBuffer): void {
    this.#byte(buffer.resizable ? TAG.resizableBuffer : TAG.buffer);
    if (buffer.resizable) this.#count(buffer.maxByteLength);
    this.#raw(new Uint8Array(buffer));
  }

  #bufferView(view: ArrayBufferView): void {
    if (!(view.buffer instanceof ArrayBuffer)) {
      throw cannotCopy("shared memory can't go to another process");
    }
    const kind = VIEWS.findIndex((one) => view instanceof one);
    const length = (view as Uint8Array).length ?? view.byteLength;
    this.#byte(TAG.view);
    this.#count(kind);
    this.#count(view.byteOffset);
    this.#count(length);
    this.#write(view.buffer);
  }

  #number(value: number): void {
    const int = value | 0;
    if (int !== value || (int === 0 && 1 / value < 0)) {
      this.#byte(TAG.number);
      return this.#double(value);
    }
    this.#byte(TAG.int);
    // The sign goes last, so that what is small is short.
    this.#count(((int << 1) ^ (int >> 31)) >>> 0);
  }

  #text(text: string): void {
    if (text.length <= SHORT && this.#ascii(text)) return;
    if (text.isWellFormed()) {
      this.#byte(TAG.utf8);
      return this.#raw(encoder.encode(text));
    }
    this.#byte(TAG.utf16);
    this.#count(text.length);
    this.#room(2 * text.length);
    for (let n = 0; n < text.length; n++, this.#at += 2) {
      this.#view.setUint16(this.#at, text.charCodeAt(n));
    }
  }

  /** Returns whether it could be written so. */
  #ascii(text: string): boolean {
    const { length } = text;
    this.#room(length + 2);
    const at = this.#at;
    for (let n = 0; n < length; n++) {
      const unit = text.charCodeAt(n);
      if (unit > 127) return false;
      this.#bytes[at + 2 + n] = unit;
    }
    this.#bytes[at] = TAG.ascii;
    this.#bytes[at + 1] = length;
    this.#at = at + 2 + length;
    return true;
  }

  #raw(bytes: Uint8Array): void {
    this.#count(bytes.byteLength);
    this.#room(bytes.byteLength);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.byteLength;
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = byte;
  }

  /** A whole number from 0, seven bits a byte. */
  #count(count: number): void {
    this.#room(8);
    let rest = count;
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
  }

  #double(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  #room(length: number): void {
    const needed = this.#at + length;
    if (needed <= this.#bytes.byteLength) return;
    this.#resize(Math.max(needed, 2 * this.#bytes.byteLength));
  }

  #resize(length: number): void {
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** Whether an array has all its elements and nothing besides. */
function isDense(array: readonly unknown[]): boolean {
  for (let n = 0; n < array.length; n++) {
    if (array[n] === undefined && !(n in array)) return false;
  }
  return array.length > LOOKED_AT || Object.keys(array).length === array.length;
}

function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String ||
    value instanceof Boolean || value instanceof BigInt;
}

function cannotCopy(why: string): DOMException {
  return new DOMException(why, "DataCloneError");
}
