/** Draws the bottom of the terminal: the input, or a status. */
import type { Output } from "../render/reply.ts";
import { type InputState, type InputView, viewInput } from "./input_view.ts";

export type Size = () => { readonly columns: number; readonly rows: number };

export class Bottom {
  readonly #output: Output;
  readonly #size: Size;
  /** The input as it stands on the screen. */
  #input: InputView | undefined;
  #hasStatus = false;

  constructor(output: Output, size: Size) {
    this.#output = output;
    this.#size = size;
  }

  /** Draws what has changed of the input. */
  draw(state: InputState): void {
    const before = this.#input;
    const view = this.#view(state);
    if (
      before?.atEnd && view.atEnd && before.rows === view.rows &&
      view.drawn.startsWith(before.drawn)
    ) {
      this.#output.control(view.drawn.slice(before.drawn.length));
    } else {
      this.erase();
      const { drawn, rows, row, column } = view;
      const up = rows - 1 - row;
      this.#output.control(
        `${drawn}\r${up > 0 ? `\x1b[${up}A` : ""}` +
          (column > 0 ? `\x1b[${column}C` : ""),
      );
    }
    this.#input = view;
  }

  /**
   * Draws a line. The cursor stays at its start: if a narrower window breaks the
   * line, the rest is below the cursor, and erased with it.
   */
  drawStatus(text: string): void {
    this.#output.write(text);
    this.#output.control("\r");
    this.#hasStatus = true;
  }

  /** Clears the bottom; the cursor is then where it began. */
  erase(): void {
    const { row } = this.#input ?? { row: 0 };
    if (this.#input !== undefined || this.#hasStatus) {
      this.#output.control(`\r${row > 0 ? `\x1b[${row}A` : ""}\x1b[J`);
    }
    this.forget();
  }

  /** Leaves the input as it stands, and goes to the line below it. */
  leave(): void {
    if (this.#input !== undefined) {
      const { rows, row } = this.#input;
      this.#output.control("\n".repeat(rows - row) + "\r");
    }
    this.forget();
  }

  /** The screen was cleared, or has been somebody else's. */
  forget(): void {
    this.#input = undefined;
    this.#hasStatus = false;
  }

  /** The terminal has broken the rows anew, and moved the cursor with them. */
  resized(state: InputState): void {
    if (this.#input === undefined) return;
    this.#input = { ...this.#input, row: this.#view(state).row };
  }

  #view(state: InputState): InputView {
    const { columns, rows } = this.#size();
    return viewInput(state, columns, rows);
  }
}
