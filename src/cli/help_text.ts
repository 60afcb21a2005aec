/**
 * The commands, explained.
 *
 * @module
 */
import { BUILTIN_TASKS } from "./builtins.ts";
import { COMMANDS, usageOf } from "./grammar.ts";
import type { CommandSpec } from "./spec.ts";
import { paint, type Style } from "./style.ts";
import { padEnd } from "./width.ts";

/** All commands in a line each. */
export function helpText(style: Style): string {
  const specs: readonly CommandSpec[] = COMMANDS;
  return [
    ...columns(specs.map((spec) => [usageOf(spec), summaryOf(spec)]), style),
    "",
    "Built-in tasks",
    ...columns(
      BUILTIN_TASKS.map((spec) => [usageOf(spec), spec.summary]),
      style,
    ),
    "",
    "IDS   3, #3, 1-4, 1,3, 3.1 (a child), all, the name of a task or group",
    "D     500ms, 3s, 2m, 1h, 1m30s; a bare number is seconds",
    "TIME  14:30, 2031-05-01T14:30, or a D from now",
    "",
    paint(`"help COMMAND" tells its options.`, "dim", style),
  ].join("\n");
}

/** One command in detail. */
export function commandHelp(spec: CommandSpec, style: Style): string {
  return [
    `${paint(usageOf(spec), "bold", style)}`,
    summaryOf(spec),
    ...section(
      columns(
        spec.options.map((option) => [
          [option.flag, option.label].join(" ").trimEnd(),
          option.help,
        ]),
        style,
      ),
    ),
    ...section(spec.details === undefined ? [] : [spec.details]),
    ...section((spec.examples ?? []).map((example) => `  ${example}`)),
  ].join("\n");
}

function summaryOf({ summary, aliases = [] }: CommandSpec): string {
  return aliases.length === 0
    ? summary
    : `${summary}; also: ${aliases.join(", ")}`;
}

function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function columns(
  rows: readonly (readonly [string, string])[],
  style: Style,
): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) =>
    `  ${padEnd(left, width)}  ${paint(right, "dim", style)}`
  );
}
