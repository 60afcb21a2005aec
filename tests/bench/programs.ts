/** The commands that start a contestant. */

import { RUN } from "../command_line.ts";

/** Paths in them are relative to this folder. */
export const FOLDER: URL = new URL("./", import.meta.url);

/** Deno, with `@std` from where this project takes it. */
export const deno: readonly string[] = [Deno.execPath(), ...RUN];

/** Python itself, not a launcher in front of it; empty where there is none. */
export const python: readonly string[] = findPython();

function findPython(): readonly string[] {
  try {
    const { success, stdout } = new Deno.Command("python3", {
      args: ["-c", "import sys; print(sys.executable)"],
      stderr: "null",
    }).outputSync();
    return success ? [new TextDecoder().decode(stdout).trim()] : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The whole program of one task. */
export function programOf(contestant: string): readonly string[] {
  return contestant === "python"
    ? [...python, "contestants/seed.py"]
    : [...deno, `contestants/${contestant}.ts`];
}

/** Measures one item in a process of its own, and prints one line of JSON. */
export function measurementOf(
  contestant: string,
  item: string,
): readonly string[] {
  // Python's two ways are in one program.
  const [, way] = /^python_?(.*)$/.exec(contestant) ?? [];
  return way !== undefined
    ? [...programOf("python"), way === "" ? item : `${item}-${way}`]
    : [...deno, "measure.ts", contestant, item];
}
