/**
 * What each call does in each state, as data: a test for each cell is made of
 * it, and the table in src/controller/semantics.md is rendered from it.
 */
import { assert } from "@std/assert";
import type { LoopController, Outcome, TaskHandle } from "../../mod.ts";

/** The states that a call can meet a task in, and those that are like them. */
const LIKE = {
  "queued": "queued",
  "running": "running",
  "running, isolated": "running",
  "running, of another controller": "running",
  "cancelling": "cancelling",
  "cancelling, with children": "cancelling",
  "succeeded": "succeeded",
  "failed": "failed",
  "cancelled": "cancelled",
  "loop closed": "loop closed",
} as const;

/**
 * `loop closed`: the loop was killed while the task ran. What calls on the
 * loop do there does not depend on the task.
 */
export type State = keyof typeof LIKE;

export const STATES = Object.keys(LIKE) as readonly State[];

/** In which of them what carries the loop can matter: it has the task. */
export const IN_LOOP: readonly State[] = [
  "running",
  "cancelling",
  "cancelling, with children",
];

/** What the task of a {@linkcode Row} returns, if nothing happens to it. */
export const VALUE = 42;

/** What the task comes to if nothing is done to it in that state. */
const NATURAL_END: Readonly<Record<typeof LIKE[State], string>> = {
  "queued": "succeeded",
  "running": "succeeded",
  "cancelling": "cancelled: CancelledError",
  "succeeded": "succeeded",
  "failed": "failed: Error",
  "cancelled": "cancelled: CancelledError",
  "loop closed": "failed: LoopLostError",
};

/** A call, and what it does in each state. */
export interface Row {
  /** The call as one writes it. */
  readonly call: string;
  /**
   * What its cells say: what comes back (`"answer"`; `waits: …` if not before
   * the task ends in its own way), or what the task comes to because of it
   * (`"effect"`; `at its start: …` if not before it starts).
   */
  readonly about: "answer" | "effect";
  /** It changes the task or ends the loop, and so it has one of its own. */
  readonly changes?: "task" | "loop";
  readonly make: (loop: LoopController, handle: TaskHandle<number>) => unknown;
  /** Puts what came back into words. */
  readonly say?: (value: never, handle: TaskHandle<number>) => string;
  /** One that says `… (process: …)` differs with what carries the loop. */
  readonly cells: readonly [
    queued: string,
    running: string,
    cancelling: string,
    succeeded: string,
    failed: string,
    cancelled: string,
    closed: string,
  ];
  /** Where a state is not as the one that it is like. */
  readonly but?: { readonly [S in State]?: string };
}

/** What a call does in a state. */
export function cellOf({ cells, but }: Row, state: State): string {
  const own = but?.[state];
  return own ?? cells[Object.keys(NATURAL_END).indexOf(LIKE[state])]!;
}

/** What the task comes to in a state, if nothing is done to it. */
export function naturalEnd(state: State): string {
  return NATURAL_END[LIKE[state]];
}

/** What a cell says of one engine. */
export function ofEngine(cell: string, engine: "worker" | "process"): string {
  const [, worker, process] = /^(.*?)(?: \(process: (.*)\))?$/.exec(cell)!;
  return engine === "process" ? process ?? worker! : worker!;
}

/** An outcome in words. */
export function describe(outcome: Outcome<number> | undefined): string {
  switch (outcome?.state) {
    case undefined:
      return "undefined";
    case "succeeded":
      assert(outcome.value === VALUE);
      return "succeeded";
    case "failed":
      return `failed: ${outcome.error.name}`;
    case "cancelled":
      return `cancelled: ${outcome.reason.name}` +
        (outcome.confirmed ? "" : ", not confirmed");
  }
}

/** The table as Markdown, in columns as wide as `deno fmt` makes them. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [
    ["call", ...STATES],
    ...rows.map((row) => [
      `\`${row.call}\``,
      ...STATES.map((state) => cellOf(row, state)),
    ]),
  ];
  const widths = lines[0]!.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length))
  );
  const text = (cells: readonly string[]): string =>
    `| ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join(" | ")} |\n`;
  const rule = widths.map((width) => "-".repeat(width));
  return [lines[0]!, rule, ...lines.slice(1)].map(text).join("");
}
