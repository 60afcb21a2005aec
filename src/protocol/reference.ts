/**
 * Task references: an inline function, sent as source, or an export of a module.
 *
 * @module
 */

/** A function that a loop can run. */
export type TaskFunction<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
> = (...args: A) => R;

/** An export of a module. The loop loads the module; this thread does not. */
export interface ModuleTask<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
> {
  /** The module's absolute URL. */
  readonly module: string;
  /** The name of the exported function. */
  readonly export: string;
  /** Never set. Holds the types of the arguments and of the result. */
  readonly types?: (...args: A) => R;
}

/** What `submit` runs. */
export type TaskReference<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
> = TaskFunction<A, R> | ModuleTask<A, R>;

/** A reference to a task with any arguments. */
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
 * Makes typed references to the exports of a module. The loop loads the module
 * when the first of its tasks runs. The type checker finds a misspelt export or
 * a wrong argument; without it, a misspelt export fails in the loop.
 *
 * `url` must be absolute: `import.meta.resolve("./tasks.ts")`.
 *
 * @throws {TypeError} `url` is not absolute.
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
 * Makes a reference to one export of a module whose name is known only at run
 * time. `url` must be absolute.
 *
 * @throws {TypeError} `url` is not absolute.
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

const VERSION = /#loopctl=\d+/;

/**
 * Returns the URL of a version of a module, such as `file:///a.ts#loopctl=2`. A
 * loop loads each version of a local file anew, with the local files that the
 * version imports. A version takes memory until its loop ends.
 *
 * @example
 * ```ts
 * import { moduleTask, withVersion } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * const { module } = moduleTask(withVersion("file:///tasks.ts", 2), "crawl");
 * assertEquals(module, "file:///tasks.ts#loopctl=2");
 * ```
 */
export function withVersion(url: string, version: number): string {
  return `${url}#loopctl=${version}`;
}

/** Returns what the URL of a version ends with. */
export function versionOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : VERSION.exec(url)?.[0];
}

/** Returns a text with the URLs that the user knows. */
export function withoutVersions(text: string): string {
  return text.replaceAll(new RegExp(VERSION, "g"), "");
}

function absolute(url: string | URL): string {
  if (url instanceof URL) return url.href;
  if (URL.canParse(url)) return url;
  throw new TypeError(
    `Cannot refer to the module "${url}": not an absolute URL; ` +
      `use import.meta.resolve("${url}")`,
  );
}

/** The source of an inline function, as a task sends it to the controller. */
interface InlineSource {
  readonly source: string;
  readonly name: string;
}

/** What a controller can submit, for its user or for a task. */
export type Submittable = AnyTaskReference | InlineSource;

/** A task reference as data. */
export type EncodedReference =
  | { readonly kind: "inline" } & InlineSource
  | { readonly kind: "module"; readonly module: string; readonly name: string };

/**
 * Makes data of a reference.
 *
 * @throws {TypeError} `task` is neither a function whose source can be sent nor
 * a reference to an export of a module.
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

/** The name of the referenced function, as a person sees it. */
export function referenceName(task: Submittable): string {
  if (typeof task === "function") return task.name || "(inline)";
  // Whatever is submitted comes here first.
  const { source, name, export: exported } = Object(task);
  return source === undefined ? exported : name;
}

/** The module that exports the referenced function, if one does. */
export function moduleOf(task: Submittable | undefined): string | undefined {
  return typeof task === "object" && "module" in task ? task.module : undefined;
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

/**
 * Whether the source is an expression; the source of a method is not. The
 * properties of Unicode would take a millisecond to load.
 */
function isExpression(source: string): boolean {
  return /^(async\s+)?(function\b|\(|[\w$\x80-\u{10ffff}]+\s*=>)/u
    .test(source) || /^async\s*\(/.test(source);
}

/** Makes an expression of the source of a method: `async page(url) {…}`. */
function methodSource(source: string, name: string): string {
  return `({ ${source} })[${JSON.stringify(name)}]`;
}
