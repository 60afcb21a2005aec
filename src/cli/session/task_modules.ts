/** The modules of tasks that are in use: the built-in one, and others. */
import type { Spec } from "../language/spec.ts";
import { type ModuleTask, moduleTask } from "../../../mod.ts";
import { LineError } from "../language/line.ts";
import { didYouMean } from "../text/nearest.ts";
import type { Word } from "../language/lexer.ts";
import { BUILTIN_LABEL, BUILTIN_MODULE, BUILTIN_TASKS } from "./builtins.ts";

/** A module whose exports can be submitted by name. */
export interface TaskModuleInUse {
  readonly url: string;
  /** What it goes by where a task's name alone is ambiguous. */
  readonly label: string;
  readonly exports: readonly string[];
}

/** The modules that tasks are looked up in: the built-in one, and others. */
export class TaskModules {
  readonly #modules: TaskModuleInUse[] = [{
    url: BUILTIN_MODULE,
    label: BUILTIN_LABEL,
    exports: BUILTIN_TASKS.map(({ name }) => name),
  }];

  /** Adds a module, or answers with the one that is there under this URL. */
  add(url: string, exports: readonly string[]): TaskModuleInUse {
    const known = this.#modules.find((module) => module.url === url);
    if (known !== undefined) return known;
    const added = { url, label: this.#freeLabel(url), exports };
    this.#modules.push(added);
    return added;
  }

  /** The names of all tasks, with the module's label where one is ambiguous. */
  names(): string[] {
    return this.#modules.flatMap((module) =>
      module.exports.map((name) =>
        this.#exporting(name).length > 1 ? `${module.label}.${name}` : name
      )
    );
  }

  /**
   * The task of that name; if it is a built-in, what it takes.
   *
   * @throws {LineError} If there is none, or more than one.
   */
  find(word: Word): { reference: ModuleTask; builtin: Spec | undefined } {
    const dot = word.text.lastIndexOf(".");
    const label = word.text.slice(0, Math.max(0, dot));
    const labelled = this.#modules.find((module) => module.label === label);
    const name = labelled === undefined ? word.text : word.text.slice(dot + 1);
    const [module, ...others] = this.#exporting(name)
      .filter((module) => labelled === undefined || module === labelled);
    if (module === undefined) {
      const names = this.names();
      const guess = didYouMean(word.text, names) ||
        `; there are ${names.slice(0, 10).join(", ")}`;
      throw new LineError(`unknown task "${word.text}"${guess}`, word);
    }
    if (others.length > 0) {
      const ways = [module, ...others].map(({ label }) => `${label}.${name}`);
      throw new LineError(
        `"${name}" is in several modules: say ${ways.join(" or ")}`,
        word,
      );
    }
    return {
      reference: moduleTask(module.url, name),
      builtin: module.url === BUILTIN_MODULE
        ? BUILTIN_TASKS.find((spec) => spec.name === name)
        : undefined,
    };
  }

  /** The modules of a user's own that export one of the names, the latest first. */
  exporting(names: ReadonlySet<string>): string[] {
    return this.#modules.slice(1)
      .filter(({ exports }) => exports.some((name) => names.has(name)))
      .map(({ url }) => url).reverse();
  }

  #exporting(name: string): TaskModuleInUse[] {
    return this.#modules.filter((module) => module.exports.includes(name));
  }

  #freeLabel(url: string): string {
    const base = labelOf(url);
    let label = base;
    for (let n = 2; this.#modules.some((one) => one.label === label); n++) {
      label = `${base}-${n}`;
    }
    return label;
  }
}

/** The last part of its path, without its ending: `crawl` of `./crawl.ts`. */
function labelOf(url: string): string {
  const path = url.replace(/[?#].*$/, "").replace(/\/+$/, "");
  const last = decodeURIComponent(path.split(/[/:]/).at(-1) ?? "");
  return last.replace(/\.[a-z]+$/i, "") || "module";
}
