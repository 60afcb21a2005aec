import { MuxAsyncIterator as Untyped } from "deno-std/async/mux_async_iterator.js";

export interface MuxAsyncIterator<T> extends AsyncIterable<T> {
  add(iterable: AsyncIterable<T>): void;
}

export const MuxAsyncIterator: new <T>() => MuxAsyncIterator<T> = Untyped;
