/** The modules of tasks that are in use: the built-in one, and others. */
import { abortable } from "@std/async/abortable";
import type { Spec } from "../language/spec.ts";
import {
  type LoopController,
  type ModuleExport,
  type ModuleTask,
  moduleTask,
  withVersion,
} from "../../../mod.ts";
import { withoutStack } from "../../errors.ts";
import { LineError } from "../language/line.ts";
import { didYouMean } from "../text/nearest.ts";
import type { Word } from "../language/lexer.ts";
import { BUILTIN_LABEL, BUILTIN_MODULE, BUILTIN_TASKS } from "./builtins.ts";

const NEVER = new AbortController().signal;

/** A module whose exports can be submitted by name. */
export interface TaskModuleInUse {
  /** Without a version. */
  readonly url: string;
  /** With the version that new tasks have; only a local file has versions. */
  readonly versionUrl: string;
  /** What it goes by where a task's name alone is ambiguous. */
  readonly label: string;
  readonly exports: readonly ModuleExport[];
  /** When each local file that it was loaded from was last written. */
  readonly files: ReadonlyMap<string, number | undefined>;
}

/** The modules that tasks are looked up in: the built-in one, and others. */
export class TaskModules {
  readonly #modules: TaskModuleInUse[] = [{
    url: BUILTIN_MODULE,
    versionUrl: BUILTIN_MODULE,
    label: BUILTIN_LABEL,
    exports: BUILTIN_TASKS.map(({ name }) => ({ name, kind: "function" })),
    files: new Map(),
  }];
  /** Modules of one version share the local files that they import. */
  #version = 1;

  /** The module that was loaded from this URL. */
  get(url: string): TaskModuleInUse | undefined {
    return this.#modules.find((module) => module.url === url);
  }

  /**
   * Loads a module as it is now, or loads it again. Tasks that run or wait keep
   * the version that they were submitted with. If the new version can't be
   * loaded, the old one stays.
   *
   * @throws What the module throws while it loads, or the reason of `signal`.
   */
  async use(
    url: string,
    loop: LoopController,
    signal: AbortSignal = NEVER,
  ): Promise<TaskModuleInUse> {
    const known = this.get(url);
    if (known !== undefined || this.changed().length > 0) this.#version++;
    const versionUrl = url.startsWith("file:")
      ? withVersion(url, this.#version)
      : url;
    try {
      const found = await abortable(loop.exportsOf(versionUrl), signal);
      const { exports } = found;
      if (!exports.some(isTask)) {
        throw withoutStack(() => new TypeError("it exports no function"));
      }
      const label = known?.label ?? this.#freeLabel(url);
      const files = new Map(found.files.map((file) => [file, writtenAt(file)]));
      return this.#put({ url, versionUrl, label, exports, files });
    } catch (error) {
      // What has failed once fails for ever under its URL, and what never ends
      // loading never does.
      this.#version++;
      if (known !== undefined) {
        const files = [...known.files.keys()];
        const times = new Map(files.map((file) => [file, writtenAt(file)]));
        this.#put({ ...known, files: times });
      }
      throw error;
    }
  }

  #put(module: TaskModuleInUse): TaskModuleInUse {
    const at = this.#modules.findIndex(({ url }) => url === module.url);
    if (at < 0) this.#modules.push(module);
    else this.#modules[at] = module;
    return module;
  }

  /** The modules of which a file was written after they were loaded. */
  changed(): TaskModuleInUse[] {
    return this.#modules.filter(isChanged);
  }

  /** The names of all tasks, with the module's label where one is ambiguous. */
  names(): string[] {
    return this.#modules.flatMap((module) =>
      module.exports.filter(isTask).map(({ name }) =>
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
      reference: moduleTask(module.versionUrl, name),
      builtin: module.url === BUILTIN_MODULE
        ? BUILTIN_TASKS.find((spec) => spec.name === name)
        : undefined,
    };
  }

  /** The modules of a user's own, the latest first. */
  ofUser(): TaskModuleInUse[] {
    return this.#modules.slice(1).reverse();
  }

  #exporting(name: string): TaskModuleInUse[] {
    return this.#modules.filter(({ exports }) =>
      exports.some((one) => one.name === name && isTask(one))
    );
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

/** Whether it can be submitted. */
export function isTask({ kind }: ModuleExport): boolean {
  return kind === "function";
}

/** Whether a file was written since. One that is missing is being replaced. */
export function isChanged({ files }: TaskModuleInUse): boolean {
  for (const [file, before] of files) {
    const now = writtenAt(file);
    if (now !== undefined && now !== before) return true;
  }
  return false;
}

/** In milliseconds since the epoch; undefined if it can't be told. */
function writtenAt(file: string): number | undefined {
  try {
    return Deno.statSync(new URL(file)).mtime?.getTime();
  } catch {
    return undefined;
  }
}

/** The last part of its path, without its ending: `crawl` of `./crawl.ts`. */
function labelOf(url: string): string {
  const path = url.replace(/[?#].*$/, "").replace(/\/+$/, "");
  const last = decodeURIComponent(path.split(/[/:]/).at(-1) ?? "");
  return last.replace(/\.[a-z]+$/i, "") || "module";
}
