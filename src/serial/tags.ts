/**
 * The format of the bytes. A tag of one byte begins each value.
 *
 * @module
 */
export const TAG = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  /** An integer of 32 bits. */
  int: 4,
  number: 5,
  bigint: 6,
  /** A short text of ASCII characters. */
  ascii: 7,
  utf8: 8,
  /** Text with lone surrogates, as JSON, which escapes them. */
  json: 9,
  /** An object that was written before, by its number. */
  again: 10,
  object: 11,
  array: 12,
  /** An array with gaps or with further properties. */
  sparseArray: 13,
  map: 14,
  set: 15,
  date: 16,
  regExp: 17,
  error: 18,
  domException: 19,
  boxed: 20,
  buffer: 21,
  resizableBuffer: 22,
  view: 23,
} as const;

/** ASCII text up to this length is written byte by byte, which is faster. */
export const MAX_ASCII_CHARACTERS = 32;

type ViewConstructor = new (
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
) => ArrayBufferView;

/** The kinds of views of a buffer; the index is the number on the wire. */
export const VIEWS: readonly ViewConstructor[] = [
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** The classes that a copy of an error keeps; the index is on the wire. */
export const ERRORS: readonly (new (message?: string) => Error)[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];
