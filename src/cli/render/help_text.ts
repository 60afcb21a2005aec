/**
 * The commands, explained.
 *
 * @module
 */
import { BUILTIN_TASKS } from "../session/builtins.ts";
import { COMMANDS } from "../language/grammar.ts";
import type { CommandSpec } from "../language/spec.ts";
import { paint, type Style } from "../text/style.ts";
import { usageOf } from "../language/usage.ts";
import { padEnd, wrap } from "../text/width.ts";

const ARGUMENTS: readonly (readonly [string, string])[] = [
  ["IDS", "3, #3, 1-4, 1,3, 3.1 (a child), all, the name of a task or group"],
  ["D", "500ms, 3s, 2m, 1h, 1m30s; a bare number is seconds"],
  ["TIME", "14:30, 2031-05-01T14:30, or a D from now"],
];

const MARGIN = "  ";

/** A narrower column of explanations stands below what it explains. */
const NARROWEST = 24;

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
    "Arguments",
    ...columns(ARGUMENTS, style),
    "",
    paint(`"help COMMAND" tells its options.`, "dim", style),
  ].join("\n");
}

/** One command in detail. */
export function commandHelp(spec: CommandSpec, style: Style): string {
  return [
    `${paint(usageOf(spec), "bold", style)}`,
    ...wrap(summaryOf(spec), style.width),
    ...section(
      columns(
        spec.options.map((option) => [
          [option.flag, option.label].join(" ").trimEnd(),
          option.help,
        ]),
        style,
      ),
    ),
    ...section(detailsOf(spec, style)),
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
  const beside = width + 2 * MARGIN.length;
  const below = style.width - beside < NARROWEST;
  const indent = " ".repeat(below ? 3 * MARGIN.length : beside);
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, style.width - indent.length)
      .map((line) => paint(line, "dim", style));
    if (below) return [MARGIN + left, ...lines.map((line) => indent + line)];
    const [first = "", ...rest] = lines;
    return [
      MARGIN + padEnd(left, width) + MARGIN + first,
      ...rest.map((line) => indent + line),
    ];
  });
}

function detailsOf({ details }: CommandSpec, { width }: Style): string[] {
  return details === undefined
    ? []
    : details.split("\n").flatMap((line) => wrap(line, width));
}
