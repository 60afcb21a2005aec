/**
 * What is wrong with an option is said at once, and the same on both sides.
 *
 * @module
 */

/** @throws {TypeError} Unless it is a number of milliseconds, 0 or more. */
export function checkMs(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new TypeError(
    `Cannot use ${Deno.inspect(value)} as ${name}: it must be a number of ` +
      `milliseconds, 0 or more`,
  );
}

/** @throws {TypeError} Unless it is milliseconds, and not for ever. */
function checkPause(name: string, value: number): void {
  if (checkMs(name, value) < Infinity) return;
  throw new TypeError(
    `Cannot use Infinity as ${name}: it must be a time that ends`,
  );
}

/** What a Date can hold, in milliseconds on either side of the epoch. */
const LATEST_MOMENT = 8.64e15;

/** @throws {TypeError} Unless it is a valid date or epoch milliseconds. */
export function checkMoment(name: string, value: number | Date): number {
  const at = value instanceof Date ? value.getTime() : value;
  if (typeof at === "number" && Math.abs(at) <= LATEST_MOMENT) return at;
  throw new TypeError(
    `Cannot use ${Deno.inspect(value)} as ${name}: it must be a valid Date ` +
      `or milliseconds since the epoch`,
  );
}

/** @throws {RangeError} Unless it is 1 or more, whole or Infinity. */
export function checkCount(name: string, value: number): number {
  if (value === Infinity || (Number.isInteger(value) && value >= 1)) {
    return value;
  }
  throw new RangeError(
    `Cannot use ${Deno.inspect(value)} as ${name}: it must be a whole ` +
      `number, 1 or more`,
  );
}

/** What a task can be given, whoever starts it. */
interface TaskOptions {
  readonly name?: string;
  readonly timeout?: number;
  readonly deadline?: number | Date;
  readonly stallTimeout?: number;
  readonly grace?: number;
  readonly retry?: Retry;
}

interface Retry {
  readonly attempts: number;
  readonly backoff?: number;
  readonly jitter?: number;
}

/** @throws {TypeError | RangeError} If any of them can't be used. */
export function checkTaskOptions(options: TaskOptions): void {
  const { name, timeout, deadline, stallTimeout, grace, retry } = options;
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(
      `Cannot use ${Deno.inspect(name)} as name: it must be a string`,
    );
  }
  if (timeout !== undefined) checkMs("timeout", timeout);
  if (stallTimeout !== undefined) checkMs("stallTimeout", stallTimeout);
  if (grace !== undefined) checkMs("grace", grace);
  if (deadline !== undefined) checkMoment("deadline", deadline);
  if (retry !== undefined) checkRetry(retry);
}

function checkRetry(retry: Retry): void {
  if (!Number.isInteger(retry.attempts) || retry.attempts < 1) {
    throw new RangeError(
      `Cannot use ${Deno.inspect(retry.attempts)} as retry.attempts: it ` +
        `must be a whole number, 1 or more`,
    );
  }
  if (retry.backoff !== undefined) checkPause("retry.backoff", retry.backoff);
  const { jitter } = retry;
  if (jitter !== undefined && !(jitter >= 0 && jitter <= 1)) {
    throw new RangeError(
      `Cannot use ${Deno.inspect(jitter)} as retry.jitter: it must be a ` +
        `number from 0 to 1`,
    );
  }
}
