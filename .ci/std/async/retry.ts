import {
  retry as untyped,
  RetryError as UntypedRetryError,
} from "deno-std/async/retry.js";

export interface RetryOptions {
  multiplier?: number;
  maxTimeout?: number;
  maxAttempts?: number;
  minTimeout?: number;
  jitter?: number;
  isRetriable?: (err: unknown) => boolean;
  signal?: AbortSignal;
}

export const retry: <T>(
  fn: (() => Promise<T>) | (() => T),
  options?: RetryOptions,
) => Promise<T> = untyped;

export type RetryError = Error;
export const RetryError: new (cause: unknown, attempts: number) => RetryError =
  UntypedRetryError;
