import { delay as untyped } from "deno-std/async/delay.js";

export interface DelayOptions {
  signal?: AbortSignal;
  persistent?: boolean;
}

export const delay: (
  ms: number,
  options?: DelayOptions,
) => Promise<void> = untyped;
