/** A view on the whole screen: the terminal's alternate one. */
import process from "node:process";
import { emitKeypressEvents, type Key } from "node:readline";
import type { View } from "../commands/command.ts";
import { harmless, type Output } from "../render/reply.ts";
import type { Style } from "../text/style.ts";
import { suspend } from "./keys.ts";

/** Between two frames, at least. */
const FRAME_MS = 100;

/** So much of the time is for drawing at most, unless keys are pressed. */
const MAX_SHARE = 0.03;

/** The alternate screen, without a cursor; what is too wide is cut, not wrapped. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/** Shows the view until one of its keys leaves it, or `signal` aborts. */
export async function fullScreen(
  view: View,
  signal: AbortSignal,
  output: Output,
  style: () => Style,
): Promise<void> {
  if (signal.aborted) return;
  using screen = new FullScreen(view, output, style);
  signal.addEventListener("abort", screen.leave);
  await screen.left;
}

class FullScreen implements Disposable {
  readonly #view: View;
  readonly #output: Output;
  readonly #style: () => Style;
  readonly #left = Promise.withResolvers<void>();
  /** What stands in each row of the screen. */
  #shown: string[] = [];
  #drawnAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open = true;

  constructor(view: View, output: Output, style: () => Style) {
    this.#view = view;
    this.#output = output;
    this.#style = style;
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.resume();
    process.stdin.on("keypress", this.#onKey);
    process.stdin.once("end", this.leave);
    process.stdout.on("resize", this.#onResize);
    output.control(ENTER);
    this.#draw();
  }

  /** Resolves when the view was left. Rejects with what it throws. */
  get left(): Promise<void> {
    return this.#left.promise;
  }

  /** Gives the screen back as it was, at once: the program may end next. */
  readonly leave = (): void => {
    if (!this.#open) return;
    this.#open = false;
    clearTimeout(this.#timer);
    process.stdin.off("keypress", this.#onKey);
    process.stdin.off("end", this.leave);
    process.stdout.off("resize", this.#onResize);
    process.stdin.setRawMode(false);
    process.stdin.pause();
    this.#output.control(LEAVE);
    this.#left.resolve();
  };

  [Symbol.dispose](): void {
    this.leave();
  }

  readonly #onKey = (text: string | undefined, key: Key): void => {
    if (key.ctrl && key.name === "z") return this.#suspend();
    if (!this.#view.press(keyOf(text, key))) return this.leave();
    this.#drawIn(this.#drawnAt + FRAME_MS - performance.now());
  };

  readonly #onResize = (): void => {
    this.#shown = [];
    this.#output.control("\x1b[2J");
    this.#draw();
  };

  #suspend(): void {
    this.#output.control(LEAVE);
    suspend();
    this.#output.control(ENTER);
    this.#shown = [];
    this.#draw();
  }

  #drawIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#draw(), ms);
  }

  /** Draws the lines that have changed. */
  #draw(): void {
    const start = performance.now();
    try {
      const { rows } = Deno.consoleSize();
      const lines = this.#view.lines(this.#style(), rows);
      let frame = "";
      for (let row = 0; row < rows; row++) {
        const line = lines[row] ?? "";
        if (line === (this.#shown[row] ?? "")) continue;
        frame += `\x1b[${row + 1};1H\x1b[2K${harmless(line)}`;
        this.#shown[row] = line;
      }
      if (frame !== "") this.#output.control(frame);
      this.#drawnAt = performance.now();
      const took = this.#drawnAt - start;
      if (this.#open) this.#drawIn(Math.max(FRAME_MS, took / MAX_SHARE));
    } catch (error) {
      this.#left.reject(error);
      this.leave();
    }
  }
}

const NAMES: { readonly [name: string]: string } = { return: "enter" };

/** The character, or the name of the key: `up`, `enter`, `ctrl-c`. */
function keyOf(text: string | undefined, { name, ctrl }: Key): string {
  if (name === undefined || (name.length === 1 && !ctrl)) return text ?? "";
  return `${ctrl ? "ctrl-" : ""}${NAMES[name] ?? name}`;
}
