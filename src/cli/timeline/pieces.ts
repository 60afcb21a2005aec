/** The parts of a timeline as pieces of a picture that has so many rows. */
import type { Part, Phase, Placed, Section, Timeline } from "./layout.ts";

/** What a picture shows in a place; of several tasks where they lie too close. */
export interface Piece {
  readonly phase: Phase;
  /** From the left edge, in units of the picture. */
  readonly from: number;
  readonly to: number;
  /** The first of its tasks. */
  readonly placed: Placed;
  readonly tasks: number;
}

/** How many rows each section gets, so that all of them are `most` at most. */
export function rowsOf({ sections }: Timeline, most: number): number[] {
  const slots = sections.reduce((sum, section) => sum + section.slots, 0);
  const share = Math.min(1, most / slots);
  return sections.map((section) =>
    Math.max(1, Math.floor(section.slots * share))
  );
}

/** The row of a section that shows the slot. */
export function rowOf(slot: number, { slots }: Section, rows: number): number {
  return Math.floor(slot * rows / slots);
}

/**
 * The pieces of each row from left to right. Parts are merged where they can't
 * be told apart: of the same phase, and less than `unit` wide together, or one
 * over the other.
 */
export function piecesOf(
  section: Section,
  rows: number,
  scale: (at: number) => number,
  unit: number,
): Piece[][] {
  const lines: Piece[][] = Array.from({ length: rows }, () => []);
  const last: Map<Phase, { -readonly [K in keyof Piece]: Piece[K] }>[] = lines
    .map(() => new Map());
  const add = (placed: Placed, { phase, from, to }: Part): void => {
    const row = rowOf(placed.slot, section, rows);
    const [left, right] = [scale(from), scale(to)];
    const before = last[row]!.get(phase);
    const merges = before !== undefined &&
      (left < before.to || right - before.from < unit);
    if (merges) {
      before.to = Math.max(before.to, right);
      before.tasks++;
      return;
    }
    const piece = { phase, from: left, to: right, placed, tasks: 1 };
    lines[row]!.push(piece);
    last[row]!.set(phase, piece);
  };
  for (const placed of section.tasks) {
    for (const part of placed.parts) {
      const waited = part.phase === "queued" && placed.parts.length > 1;
      if (!waited) add(placed, part);
    }
  }
  return lines;
}
