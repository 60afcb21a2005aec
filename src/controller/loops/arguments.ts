/**
 * The arguments of a task on their way to its loop.
 *
 * @module
 */
import { isPrimitive, refuseLost, whatCannotBeCloned } from "../../clone.ts";

/**
 * Copies arguments that must wait before they are sent, so that they cross as
 * they are now. What is transferred moves into the copy.
 *
 * @throws {DOMException} `DataCloneError`, naming the argument.
 * @throws {TypeError} An AbortSignal among the arguments.
 */
export function copyArguments(
  args: readonly unknown[],
  transfer: readonly Transferable[] = [],
): { args: readonly unknown[]; transfer: readonly Transferable[] } {
  if (args.every(isPrimitive)) return { args: [...args], transfer };
  refuseSignals(args);
  try {
    refuseLost(args, transfer);
    return structuredClone({ args, transfer }, { transfer: [...transfer] });
  } catch (error) {
    throw explainArguments(args, error);
  }
}

/** Names the argument that could not be sent, where that was what failed. */
export function explainArguments(
  args: readonly unknown[],
  error: unknown,
): unknown {
  if (!(error instanceof DOMException && error.name === "DataCloneError")) {
    return error;
  }
  for (const [n, arg] of args.entries()) {
    const part = whatCannotBeCloned(arg, `argument ${n + 1}`);
    if (part === `argument ${n + 1}`) continue;
    return new DOMException(
      `Cannot send ${part} to the loop: structured clone does not copy it`,
      "DataCloneError",
    );
  }
  return error;
}

/**
 * Structured clone would make an empty object of it, without a word.
 *
 * @throws {TypeError} An AbortSignal among the arguments.
 */
export function refuseSignals(args: readonly unknown[]): void {
  const at = args.findIndex((arg) => arg instanceof AbortSignal);
  if (at < 0) return;
  throw new TypeError(
    `Cannot send argument ${at + 1} to the loop: it is an AbortSignal, ` +
      `which can't cross; give it as the \`signal\` option of submit`,
  );
}
