/** A folder for the files of one test, and `loopctl map` run in it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RUN } from "../../command_line.ts";
import { deno, type Finished } from "../../helpers.ts";

const CLI = fileURLToPath(import.meta.resolve("../../../cli.ts"));

/** The module of tasks. */
export const TASKS = fileURLToPath(import.meta.resolve("./tasks.ts"));

/** What a test reads of a line of the output. */
export interface Line {
  readonly key: string;
  readonly input: unknown;
  readonly state: string;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

export class Folder implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync();

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(this.file(name), text);
  }

  async read(name: string): Promise<string> {
    return await Deno.readTextFile(this.file(name));
  }

  /** The outcomes in a file, in the order of their keys. */
  async outcomes(name: string): Promise<Line[]> {
    return outcomesIn(await this.read(name));
  }

  /** The arguments of deno for `loopctl map …`. */
  static command(...args: string[]): string[] {
    return [...RUN, CLI, "map", ...args];
  }

  /** Runs `loopctl map …` to its end. */
  async map(args: readonly string[], stdin = ""): Promise<Finished> {
    return await deno(Folder.command(...args), { cwd: this.path, stdin });
  }
}

/** The outcomes in lines of JSON, in the order of their keys. */
export function outcomesIn(text: string): Line[] {
  return text.split("\n").filter((line) => line !== "")
    .map((line): Line => JSON.parse(line))
    .sort((a, b) => a.key < b.key ? -1 : 1);
}
