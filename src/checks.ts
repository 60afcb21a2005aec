/**
 * Checks of arguments and options. A call checks them all before it does
 * anything.
 *
 * @module
 */

/**
 * Checks the argument or option `name`.
 *
 * @throws {TypeError | RangeError} The value is invalid; the message names both.
 */
export type Check = (name: string, value: unknown) => void;

/** A check for every field of `T`. */
export type Checks<T> = { readonly [K in keyof T]-?: Check };

/** Makes a check; `words` say what the value must be. */
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

/** The range of a Date, on either side of the epoch. */
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

export const checkReason: Check = mustBe(
  "a string or an Error",
  (value) => typeof value === "string" || value instanceof Error,
);

export const checkObject: Check = mustBe(
  "an object",
  (value) => typeof value === "object" && value !== null,
);

/** Makes a check that accepts only these values. */
export function oneOf(...values: readonly unknown[]): Check {
  const words = values.map((value) => Deno.inspect(value)).join(" or ");
  return mustBe(words, (value) => values.includes(value));
}

/** Makes a check of an object. Only the `required` field must be there. */
function fields<T extends object>(
  checks: Checks<T>,
  prefix = "",
  required?: keyof T,
): Check {
  const each = Object.entries<Check>(checks);
  return (name, value) => {
    checkObject(name, value);
    for (const [field, check] of each) {
      const own: unknown = Reflect.get(value as object, field);
      if (own !== undefined || field === required) check(prefix + field, own);
    }
  };
}

/** Makes a check of the options of a call. */
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
  "attempts",
);

/** The options of every task, whoever starts it. */
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

/** @throws {TypeError | RangeError} An option is invalid. */
export const checkTaskOptions: (options: TaskOptions) => void = optionsCheck(
  TASK_CHECKS,
);
