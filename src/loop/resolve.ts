/**
 * From a task reference to the function that it names.
 *
 * @module
 */
import type { EncodedReference } from "../protocol/reference.ts";

export type Callable = (...args: readonly unknown[]) => unknown;

/**
 * A reference in its loop. `callable` is there once it has been resolved, so
 * that only the first tasks of a module wait for the module, and all for one
 * loading of it.
 */
export class Resolvable {
  readonly #reference: EncodedReference | undefined;
  callable: Callable | undefined;
  #resolving: Promise<Callable> | undefined;

  /** A function that is in the loop already needs no finding. */
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
      // Each of its tasks gets the error, from `resolve`.
    }
  }

  /** What a task is called that was given no name. */
  get name(): string {
    return this.#reference?.name ?? (this.callable?.name || "(inline)");
  }

  /**
   * Finds the function. Rejects with a `SyntaxError` if an inline function's
   * source does not compile here, with a `TypeError` if the module has no such
   * function, and with whatever the module throws while it loads.
   */
  resolve(): Promise<Callable> {
    return this.#resolving ??= this.#find().finally(() => {
      // After a failure the next task may try again.
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

  /** Says what an inline task can see, in an error of reaching for more. */
  explain(thrown: unknown): void {
    if (this.#reference?.kind !== "inline") return;
    try {
      explainUndefined(thrown);
    } catch {
      // It is frozen, or hostile: then it says what it says.
    }
  }
}

function explainUndefined(thrown: unknown): void {
  if (!(thrown instanceof ReferenceError)) return;
  const name = /^(\S+) is not defined$/.exec(thrown.message)?.[1];
  if (name === undefined) return;
  // A stack is written when it is first read, with the message of then.
  const { message: before, stack } = thrown;
  thrown.message = `${before} in the loop: an inline task sees only its ` +
    `arguments, the loop's globals and \`task\`; pass ${name} as an ` +
    `argument, or put the task into a module`;
  thrown.stack = stack?.replace(before, () => thrown.message) ?? "";
}

// Before a task can change it.
const globalEval = eval;

function compile(source: string): Callable {
  // Indirect, so that the function sees globals only; strict, as in a module.
  return globalEval(`"use strict"; (${source}\n)\n//# sourceURL=inline-task`);
}

async function load(module: string, name: string): Promise<Callable> {
  const exports = await import(module);
  const callable: unknown = exports[name];
  if (typeof callable === "function") return callable as Callable;
  const names = functionsOf(exports);
  throw new TypeError(
    `The module ${module} exports no function "${name}"` +
      (names.length > 0
        ? `; it exports ${names.join(", ")}`
        : `, nor any other`),
  );
}

/** Loads a module; returns the names of the functions that it exports. */
export async function exportedFunctions(module: string): Promise<string[]> {
  return functionsOf(await import(module));
}

function functionsOf(exports: Record<string, unknown>): string[] {
  return Object.keys(exports).filter((name) =>
    typeof exports[name] === "function"
  );
}
