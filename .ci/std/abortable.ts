import { abortable as untyped } from "deno-std/async/abortable.js";

export interface Abortable {
  <T>(p: Promise<T>, signal: AbortSignal): Promise<T>;
  <T>(p: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T>;
}

export const abortable: Abortable = untyped;
