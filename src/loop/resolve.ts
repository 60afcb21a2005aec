/**
 * Finds the function that a task reference names.
 *
 * @module
 */
import { type EncodedReference, versionOf } from "../protocol/reference.ts";

export type Callable = (...args: readonly unknown[]) => unknown;

/**
 * A reference in its loop. Once resolved, it has a `callable`: only the first
 * tasks of a module wait for the module, and the module is loaded once.
 */
export class Resolvable {
  readonly #reference: EncodedReference | undefined;
  callable: Callable | undefined;
  #resolving: Promise<Callable> | undefined;

  /** A function that is in the loop already is its own `callable`. */
  constructor(reference: EncodedReference | Callable) {
    if (typeof reference === "function") {
      this.callable = reference;
      return;
    }
    this.#reference = reference;
    if (reference.kind === "module") return;
    try {
      this.callable = compile(reference.source);
    } catch {
      // `resolve` throws the error, for each of the tasks.
    }
  }

  /** The name of a task that has none of its own. */
  get name(): string {
    return this.#reference?.name ?? (this.callable?.name || "(inline)");
  }

  /**
   * Finds the function. Rejects with a `SyntaxError` if the source of an inline
   * function does not compile, with a `TypeError` if the module exports no such
   * function, and with what the module throws while it loads.
   */
  resolve(): Promise<Callable> {
    return this.#resolving ??= this.#find().finally(() => {
      // After a failure the next task tries again.
      this.#resolving = undefined;
    });
  }

  async #find(): Promise<Callable> {
    if (this.callable !== undefined) return this.callable;
    const reference = this.#reference!;
    return this.callable = reference.kind === "inline"
      ? compile(reference.source)
      : await load(reference.module, reference.name);
  }

  /** Adds a hint to the error of an inline task that uses an outer variable. */
  explain(thrown: unknown): void {
    if (this.#reference?.kind !== "inline") return;
    try {
      explainUndefined(thrown);
    } catch {
      // The error is frozen or hostile, and stays as it is.
    }
  }
}

function explainUndefined(thrown: unknown): void {
  if (!(thrown instanceof ReferenceError)) return;
  const name = /^(\S+) is not defined$/.exec(thrown.message)?.[1];
  if (name === undefined) return;
  // The stack contains the message; V8 writes it at the first read.
  const { message: before, stack } = thrown;
  // Not of code that an inline task calls.
  if (!/^\s*at .*inline-task/.test(stack?.split("\n")[1] ?? "")) return;
  thrown.message = `${before} in the loop: an inline task sees only its ` +
    `arguments, the loop's globals and \`task\`; pass ${name} as an ` +
    `argument, or put the task into a module`;
  thrown.stack = stack?.replace(before, () => thrown.message) ?? "";
}

// Taken before a task can replace it.
const globalEval = eval;

function compile(source: string): Callable {
  // Indirect, so that the function sees only globals; strict, as in a module.
  return globalEval(`"use strict"; (${source}\n)\n//# sourceURL=inline-task`);
}

async function load(module: string, name: string): Promise<Callable> {
  const exports = versionOf(module) === undefined
    ? await import(module)
    : await (await import("../task_api/load_module.ts")).loadModule(module);
  const callable: unknown = exports[name];
  if (typeof callable === "function") return callable as Callable;
  const names = Object.keys(exports)
    .filter((name) => typeof exports[name] === "function");
  throw new TypeError(
    `The module ${module} exports no function "${name}"` +
      (names.length > 0
        ? `; it exports ${names.join(", ")}`
        : `, nor any other`),
  );
}
