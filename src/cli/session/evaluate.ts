/**
 * Evaluates what `run` is given. A loop loads this module like a module of
 * tasks; what the code declares lasts as long as the loop.
 */
import { task } from "../../task_api.ts";
import { loadModule } from "../../task_api/load_module.ts";
import type { Compiled } from "../language/compile.ts";
import { collectable } from "../render/uncollectable.ts";

/** What the loop is sent. */
export interface Evaluation {
  readonly code: Pick<Compiled, "source" | "inserted">;
  /** The URLs of the modules whose exports the code may name. */
  readonly modules: readonly string[];
  /** For the URL of each module in use, that of the version in use. */
  readonly versions: Readonly<Record<string, string>>;
  /** What earlier code has declared, if this loop ran it. */
  readonly declared: readonly string[];
}

type Access = readonly [read: () => unknown, write: (value: unknown) => void];

/** A variable that stays. */
class Variable {
  constructor(readonly access: Access, public before: Variable | undefined) {}

  /** Whether it has a value yet: a failed run may leave it without. */
  get initialized(): boolean {
    try {
      this.access[0]();
      return true;
    } catch {
      return false;
    }
  }

  /** Itself, or until it has a value the one that had its name. */
  get current(): Variable {
    if (this.before === undefined) return this;
    if (!this.initialized) return this.before.current;
    this.before = undefined;
    return this;
  }
}

const variables: Map<string, Variable> = new Map();
/** The last result, under the name `_`. */
let last: unknown;
let isNew = true;

// Taken before a task can replace it.
const globalEval = eval;

/** Evaluates the code; a value that can't be sent becomes its description. */
export async function evaluate(
  { code, modules, versions, declared }: Evaluation,
): Promise<unknown> {
  if (isNew && declared.length > 0) {
    console.warn(
      `this loop is a new one: ${declared.join(", ")} went with the old one`,
    );
  }
  isNew = false;
  const exports: Names[] = [];
  for (const module of modules) exports.push(await loadModule(module));
  const input = `run-${task.id}`;
  const own: [string, Variable][] = [];
  const declare = (names: Readonly<Record<string, Access>>): void => {
    for (const [name, access] of Object.entries(names)) {
      const variable = new Variable(access, variables.get(name));
      variables.set(name, variable);
      own.push([name, variable]);
    }
  };
  const load = async (specifier: unknown, options?: ImportCallOptions) =>
    import(await resolve(String(specifier), versions), options);
  try {
    const enter = globalEval(`${code.source}\n//# sourceURL=${input}`);
    last = await enter(scopeOf(exports), declare, load)();
    return collectable(last);
  } catch (error) {
    correctPlaces(error, input, code.inserted);
    throw error;
  } finally {
    for (const [name, variable] of own) {
      if (variables.get(name) !== variable || variable.initialized) continue;
      if (variable.before === undefined) variables.delete(name);
      else variables.set(name, variable.before);
    }
  }
}

type Names = Readonly<Record<string, unknown>>;

/** What a free name in the code stands for, before the globals. */
function scopeOf(exports: readonly Names[]): object {
  const find = (name: string | symbol): Access | undefined => {
    if (typeof name !== "string") return undefined;
    const variable = variables.get(name);
    if (variable !== undefined) return variable.current.access;
    const module = exports.find((names) => Object.hasOwn(names, name));
    if (module !== undefined) return [() => module[name], () => refuse(name)];
    return name === "_" ? [() => last, (value) => last = value] : undefined;
  };
  return new Proxy({}, {
    has: (_, name) => find(name) !== undefined,
    get: (_, name) => find(name)?.[0](),
    set: (_, name, value) => (find(name)?.[1](value), true),
  });
}

function refuse(name: string): never {
  throw new TypeError(`Cannot assign to ${name}: it is the export of a module`);
}

/** As `use` does: a path is relative to the working directory. */
async function resolve(
  specifier: string,
  versions: Evaluation["versions"],
): Promise<string> {
  let url = specifier;
  if (/^\.{0,2}\//.test(specifier)) {
    const { pathToFileURL } = await import("node:url");
    url = pathToFileURL(specifier).href;
  }
  return versions[url] ?? url;
}

/** The frames below those of the code. */
const OUR_FRAMES = [import.meta.url, "(inline-task, "];

/** Line 1 is ours, and so is what was put in before the last expression. */
function correctPlaces(
  error: unknown,
  input: string,
  inserted: Compiled["inserted"],
): void {
  try {
    const { stack } = error as Error;
    const place = /(?:eval \()?\b(run-\d+), <anonymous>:(\d+):(\d+)/;
    const corrected = stack!.split("\n")
      .filter((line) => !OUR_FRAMES.some((ours) => line.includes(ours)))
      .map((line) => {
        const [found, name, row, column] = place.exec(line) ?? [];
        if (found === undefined) return line;
        const at = Number(row) - 1;
        const shifted = name === input && at === inserted.line &&
          Number(column) > inserted.column;
        const shift = shifted ? inserted.length : 0;
        const corrected = `${name}:${at}:${Number(column) - shift}`;
        const after = found.startsWith("eval") ? line.slice(0, -1) : line;
        return after.replace(found, corrected);
      })
      .join("\n");
    Object.defineProperty(error, "stack", { value: corrected });
  } catch {
    // It is no Error, or frozen.
  }
}
