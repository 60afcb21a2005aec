/**
 * What the arguments and options of a call must be, said once for each of
 * them: a call that is given anything else says so at once, and does nothing.
 *
 * @module
 */

/**
 * Throws unless `value` can be used as what `name` says.
 *
 * @throws {TypeError | RangeError} Naming both, and what it must be.
 */
export type Check = (name: string, value: unknown) => void;

/** One check for each field, and none forgotten: the type asks for all. */
export type Checks<T> = { readonly [K in keyof T]-?: Check };

/** The check of what must be as these words say. */
export function mustBe(
  words: string,
  holds: (value: unknown) => boolean,
  Kind: new (message: string) => Error = TypeError,
): Check {
  return (name, value) => {
    if (holds(value)) return;
    const given = Deno.inspect(value);
    throw new Kind(`Cannot use ${given} as ${name}: it must be ${words}`);
  };
}

const isMs = (value: unknown): value is number =>
  typeof value === "number" && value >= 0;

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && value as number >= 1;

/** What a Date can hold, in milliseconds on either side of the epoch. */
const MAX_TIME_MS = 8.64e15;

function isMoment(value: unknown): boolean {
  const at = value instanceof Date ? value.getTime() : value;
  return typeof at === "number" && Math.abs(at) <= MAX_TIME_MS;
}

export const checkMs: Check = mustBe(
  "a number of milliseconds, 0 or more",
  isMs,
);

export const checkMoment: Check = mustBe(
  "a valid Date or milliseconds since the epoch",
  isMoment,
);

export const checkCount: Check = mustBe(
  "a whole number, 1 or more",
  (value) => value === Infinity || isCount(value),
  RangeError,
);

export const checkNumber: Check = mustBe("a number", Number.isFinite);

export const checkText: Check = mustBe(
  "a string",
  (value) => typeof value === "string",
);

export const checkFlag: Check = mustBe(
  "true or false",
  (value) => typeof value === "boolean",
);

export const checkFunction: Check = mustBe(
  "a function",
  (value) => typeof value === "function",
);

export const checkList: Check = mustBe("an array", Array.isArray);

export const checkSignal: Check = mustBe(
  "an AbortSignal",
  (value) => value instanceof AbortSignal,
);

/** Of why a task is to stop. */
export const checkReason: Check = mustBe(
  "a string or an Error",
  (value) => typeof value === "string" || value instanceof Error,
);

export const checkObject: Check = mustBe(
  "an object",
  (value) => typeof value === "object" && value !== null,
);

/** The check of what must be one of these. */
export function oneOf(...values: readonly unknown[]): Check {
  const words = values.map((value) => Deno.inspect(value)).join(" or ");
  return mustBe(words, (value) => values.includes(value));
}

/** The check of an object with such fields, of which few must be there. */
function fields<T extends object>(
  checks: Checks<T>,
  prefix = "",
  needed: readonly (string & keyof T)[] = [],
): Check {
  const each = Object.entries<Check>(checks);
  return (name, value) => {
    checkObject(name, value);
    for (const [field, check] of each) {
      const own: unknown = Reflect.get(value as object, field);
      if (own === undefined && !needed.some((one) => one === field)) continue;
      check(prefix + field, own);
    }
  };
}

/** What checks the options of a call. */
export function optionsCheck<T extends object>(
  checks: Checks<T>,
): (options: T) => void {
  const check = fields(checks);
  return (options) => check("options", options);
}

interface Retry {
  readonly attempts: number;
  readonly backoff?: number;
  readonly jitter?: number;
}

const checkRetry: Check = fields<Retry>(
  {
    attempts: mustBe("a whole number, 1 or more", isCount, RangeError),
    backoff: mustBe(
      "a number of milliseconds, 0 or more, and not Infinity",
      (value) => isMs(value) && value < Infinity,
    ),
    jitter: mustBe(
      "a number from 0 to 1",
      (value) => isMs(value) && value <= 1,
      RangeError,
    ),
  },
  "retry.",
  ["attempts"],
);

/** What a task can be given, whoever starts it. */
export interface TaskOptions {
  readonly name?: string;
  readonly timeout?: number;
  readonly deadline?: number | Date;
  readonly stallTimeout?: number;
  readonly grace?: number;
  readonly retry?: Retry;
}

export const TASK_CHECKS: Checks<TaskOptions> = {
  name: checkText,
  timeout: checkMs,
  deadline: checkMoment,
  stallTimeout: checkMs,
  grace: checkMs,
  retry: checkRetry,
};

/** @throws {TypeError | RangeError} If any of them can't be used. */
export const checkTaskOptions: (options: TaskOptions) => void = optionsCheck(
  TASK_CHECKS,
);
