/**
 * What to run: an inline function, sent as its source, or a module's export.
 *
 * @module
 */

/** A plain function that a loop can run. */
export type TaskFunction<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
> = (...args: A) => R;

/** An export of a module that the loop loads, and not this thread. */
export interface ModuleTask<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
> {
  /** The module's absolute URL. */
  readonly module: string;
  /** The name of the exported function. */
  readonly export: string;
  /** Never there: holds the types of the arguments and of the result. */
  readonly types?: (...args: A) => R;
}

/** What `submit` runs. */
export type TaskReference<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
> = TaskFunction<A, R> | ModuleTask<A, R>;

/** Any reference, whatever its arguments. */
export type AnyTaskReference = ((...args: never[]) => unknown) | {
  readonly module: string;
  readonly export: string;
};

/** The exported functions of a module, each as a {@linkcode ModuleTask}. */
export type TaskModule<M> = {
  readonly [
    K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never
  ]: M[K] extends (...args: infer A) => infer R ? ModuleTask<A, R> : never;
};

/**
 * References to the exports of a module, typed by it. The module itself is
 * loaded in the loop, when the first of its tasks runs; a misspelt export
 * fails there, a mistyped one already in the type checker.
 *
 * `url` must be absolute: `import.meta.resolve("./tasks.ts")`.
 *
 * @throws {TypeError} If `url` is not absolute.
 *
 * @example
 * ```ts
 * import { LoopController, taskModule } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * const path = taskModule<typeof import("node:path")>("node:path");
 * await using loop = new LoopController();
 * assertEquals(await loop.submit(path.basename, ["/a/b.txt"]), "b.txt");
 * ```
 */
export function taskModule<M>(url: string | URL): TaskModule<M> {
  const module = absolute(url);
  return new Proxy({} as TaskModule<M>, {
    get: (_, name) =>
      typeof name === "string" ? { module, export: name } : undefined,
  });
}

/**
 * A reference to one export of a module, for when its name is only known at
 * run time. `url` must be absolute.
 *
 * @throws {TypeError} If `url` is not absolute.
 *
 * @example
 * ```ts
 * import { LoopController, moduleTask } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * await using loop = new LoopController();
 * const basename = moduleTask("node:path", "basename");
 * assertEquals(await loop.submit(basename, ["/a/b.txt"]), "b.txt");
 * ```
 */
export function moduleTask(url: string | URL, name: string): ModuleTask {
  return { module: absolute(url), export: name };
}

function absolute(url: string | URL): string {
  if (url instanceof URL) return url.href;
  if (URL.canParse(url)) return url;
  throw new TypeError(
    `Cannot refer to the module "${url}": not an absolute URL; ` +
      `use import.meta.resolve("${url}")`,
  );
}

/** An inline function by its source, as a task sends it to the controller. */
interface InlineSource {
  readonly source: string;
  readonly name: string;
}

/** What the controller can have run: for a person or for a task. */
export type Submittable = AnyTaskReference | InlineSource;

/** A task reference as it crosses. */
export type EncodedReference =
  | { readonly kind: "inline" } & InlineSource
  | { readonly kind: "module"; readonly module: string; readonly name: string };

/**
 * Makes data of a reference.
 *
 * @throws {TypeError} If it is neither a function whose source can be sent nor
 * a reference to a module's export.
 */
export function encodeReference(task: Submittable): EncodedReference {
  if (typeof task === "function") {
    return {
      kind: "inline",
      source: sourceOf(task),
      name: referenceName(task),
    };
  }
  const { module, export: exported, source, name } = Object(task);
  if (typeof module === "string" && typeof exported === "string") {
    return { kind: "module", module, name: exported };
  }
  if (typeof source === "string" && typeof name === "string") {
    return { kind: "inline", source, name };
  }
  throw new TypeError(
    `Cannot submit ${Deno.inspect(task)}: neither a function nor an export ` +
      `of a task module`,
  );
}

/** What a person calls the reference. */
export function referenceName(task: Submittable): string {
  if (typeof task !== "function") {
    return "source" in task ? task.name : task.export;
  }
  return task.name === "" ? "(inline)" : task.name;
}

function sourceOf(task: (...args: never[]) => unknown): string {
  const source = Function.prototype.toString.call(task);
  const name = task.name || "(anonymous)";
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    throw new TypeError(
      `Cannot submit the function ${name}: it is native or bound, and has ` +
        `no source to send; wrap it: () => ${name}(…)`,
    );
  }
  if (/^class\b/.test(source)) {
    throw new TypeError(
      `Cannot submit the class ${name}: a task is a function`,
    );
  }
  return isExpression(source) ? source : methodSource(source, name);
}

/** Function and arrow expressions begin so; a method's source does not. */
function isExpression(source: string): boolean {
  return /^(async\s+)?(function\b|\(|[\p{ID_Start}$_][\p{ID_Continue}$]*\s*=>)/u
    .test(source) || /^async\s*\(/.test(source);
}

/** `async page(url) {…}`, as methods are written, made an expression. */
function methodSource(source: string, name: string): string {
  return `({ ${source} })[${JSON.stringify(name)}]`;
}
