/**
 * What the commands go by: their names, and the aliases of some.
 *
 * @module
 */
import { COMMANDS } from "./grammar.ts";
import type { CommandSpec } from "./spec.ts";

const SPECS: readonly CommandSpec[] = COMMANDS;

/** Finds a command by its name or an alias. */
export function findCommand(name: string): CommandSpec | undefined {
  return SPECS.find((spec) =>
    spec.name === name || (spec.aliases ?? []).includes(name)
  );
}

/** All names and aliases, in the order of the table. */
export function commandNames(): string[] {
  return SPECS.flatMap((spec) => [spec.name, ...spec.aliases ?? []]);
}
