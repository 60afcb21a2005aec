/** Stands in for `jsr:@std/assert` where JSR can't be reached. */
import * as untyped from "deno-std/assert/mod.js";

type Class<T> = abstract new (...args: never[]) => T;
type Compare = <T>(actual: T, expected: T, msg?: string) => void;
type Match = (actual: string, expected: RegExp, msg?: string) => void;

export interface AssertRejects {
  (fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
  <E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    ErrorClass: Class<E>,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
}

export interface AssertThrows {
  (fn: () => unknown, msg?: string): unknown;
  <E extends Error = Error>(
    fn: () => unknown,
    ErrorClass: Class<E>,
    msgIncludes?: string,
    msg?: string,
  ): E;
}

export type AssertionError = Error;
export const AssertionError: new (
  message: string,
  options?: ErrorOptions,
) => AssertionError = untyped.AssertionError;

export const assert: (expr: unknown, msg?: string) => asserts expr =
  untyped.assert;

export const assertFalse: (
  expr: unknown,
  msg?: string,
) => asserts expr is false | 0 | 0n | "" | null | undefined =
  untyped.assertFalse;

export const assertExists: <T>(
  actual: T,
  msg?: string,
) => asserts actual is NonNullable<T> = untyped.assertExists;

export const assertInstanceOf: <T extends Class<unknown>>(
  actual: unknown,
  expectedType: T,
  msg?: string,
) => asserts actual is InstanceType<T> = untyped.assertInstanceOf;

export const assertIsError: <E extends Error = Error>(
  error: unknown,
  ErrorClass?: Class<E>,
  msgMatches?: string | RegExp,
  msg?: string,
) => asserts error is E = untyped.assertIsError;

export const assertStrictEquals: <T>(
  actual: unknown,
  expected: T,
  msg?: string,
) => asserts actual is T = untyped.assertStrictEquals;

export const assertEquals: Compare = untyped.assertEquals;
export const assertNotEquals: Compare = untyped.assertNotEquals;
export const assertNotStrictEquals: Compare = untyped.assertNotStrictEquals;
export const assertGreater: Compare = untyped.assertGreater;
export const assertGreaterOrEqual: Compare = untyped.assertGreaterOrEqual;
export const assertLess: Compare = untyped.assertLess;
export const assertLessOrEqual: Compare = untyped.assertLessOrEqual;

export const assertMatch: Match = untyped.assertMatch;
export const assertNotMatch: Match = untyped.assertNotMatch;

export const assertStringIncludes: (
  actual: string,
  expected: string,
  msg?: string,
) => void = untyped.assertStringIncludes;

export const assertArrayIncludes: <T>(
  actual: ArrayLike<T> & object,
  expected: ArrayLike<T> & object,
  msg?: string,
) => void = untyped.assertArrayIncludes;

export const assertObjectMatch: (
  actual: object,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
) => void = untyped.assertObjectMatch;

export const assertRejects: AssertRejects = untyped.assertRejects;
export const assertThrows: AssertThrows = untyped.assertThrows;

export const fail: (msg?: string) => never = untyped.fail;
export const unreachable: (msg?: string) => never = untyped.unreachable;
