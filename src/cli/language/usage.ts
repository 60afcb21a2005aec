/**
 * How a command is used, in one line.
 *
 * @module
 */
import type { CommandSpec } from "./spec.ts";

/** A command in one line, without its options: `cancel [IDS …]`. */
export function usageOf(spec: CommandSpec): string {
  const labels = spec.positionals.map((positional) => {
    const label = positional.variadic
      ? `${positional.label} …`
      : positional.label;
    return positional.optional ? `[${label}]` : label;
  });
  return [spec.name, ...labels].join(" ");
}
