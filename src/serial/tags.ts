/**
 * What each byte that begins a value says of it. {@linkcode Writer} and
 * {@linkcode Reader} are the two halves.
 *
 * @module
 */
export const TAG = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  /** A whole number, small. */
  int: 4,
  number: 5,
  bigint: 6,
  /** Text in ASCII, short enough to be written byte by byte. */
  ascii: 7,
  utf8: 8,
  /** Text that is no valid Unicode, as its code units. */
  utf16: 9,
  /** An object that was written before, by its number. */
  again: 10,
  object: 11,
  array: 12,
  /** An array with gaps or with properties besides its elements. */
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

/** Text up to this length is written byte by byte, if it is in ASCII. */
export const MAX_ASCII_CHARACTERS = 32;

type ViewConstructor = new (
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
) => ArrayBufferView;

/** The kinds of views of a buffer, in the order of their numbers. */
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

/** The classes that an error keeps in a copy, in the order of their numbers. */
export const ERRORS: readonly (new (message?: string) => Error)[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];
