/**
 * The bottom line of a terminal: a prompt with what is being typed, or the
 * status of a command that runs. Replies are printed above it.
 *
 * The terminal stays in raw mode from start to end, so that Ctrl-C is a key and
 * not a signal, which would also end the programs that started this one.
 */
import process from "node:process";
import readline from "node:readline";
import { Writable } from "node:stream";
import type { Completion } from "./completion.ts";
import type { Output } from "../render/reply.ts";

export interface PromptLineOptions {
  readonly output: Output;
  readonly columns: () => number;
  readonly complete: (typed: string) => Promise<Completion>;
  readonly onInterrupt: () => void;
}

/** A line that was typed, or the end of the input: Ctrl-D. */
export type Typed = { readonly line: string } | "end";

const PROMPT = "> ";
const MAX_HISTORY_LINES = 1000;

export class PromptLine {
  readonly #options: PromptLineOptions;
  /** What the editor draws on. */
  readonly #screen: Writable;
  /** A command runs: the editor draws nothing. */
  #muted = true;
  readonly #typed: Typed[] = [];
  #history: string[] = [];
  #editor: readline.Interface;
  #give: ((typed: Typed) => void) | undefined;
  #status: string | undefined;
  /** What is to be printed once the terminal is given back; undefined when it is here. */
  #held: (string | Uint8Array)[] | undefined;
  #closed = false;
  /** Whether the terminal has gone, and nothing more can be typed. */
  inputEnded = false;

  constructor(options: PromptLineOptions) {
    this.#options = options;
    this.#screen = new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        if (!this.#muted) options.output.control(String(chunk));
        done();
      },
    });
    Object.defineProperties(this.#screen, {
      isTTY: { value: true },
      columns: { get: options.columns },
    });
    this.#editor = this.#open();
    process.stdin.once("end", () => {
      this.inputEnded = true;
      this.#take("end");
    });
    process.stdout.on("resize", this.#onResize);
  }

  /** Shows the prompt until a line is typed. */
  async next(): Promise<Typed> {
    this.status(undefined);
    if (this.inputEnded) return "end";
    const typed = this.#typed.shift();
    if (typed !== undefined) {
      if (typed !== "end") this.print(`${PROMPT}${typed.line}\n`);
      return typed;
    }
    const { promise, resolve } = Promise.withResolvers<Typed>();
    this.#give = resolve;
    this.#muted = false;
    this.#redraw();
    return await promise;
  }

  /** Prints whole lines, or bytes as they are, above the bottom line. */
  print(what: string | Uint8Array): void {
    if (this.#held !== undefined) return void this.#held.push(what);
    const { output } = this.#options;
    const prompted = this.#give !== undefined;
    if (prompted) {
      const { rows } = this.#editor.getCursorPos();
      const up = rows > 0 ? `\x1b[${rows}A` : "";
      output.control(`\r${up}\x1b[J`);
    } else if (this.#status !== undefined) {
      output.control("\r\x1b[K");
    }
    output.write(what);
    if (typeof what !== "string") output.write("\n");
    if (prompted) this.#redraw();
    else this.#drawStatus();
  }

  /**
   * Shows a status, less than a line long, while there is no prompt; undefined
   * clears it.
   */
  status(text: string | undefined): void {
    if (this.#give !== undefined || this.#held !== undefined) return;
    if (this.#status !== undefined) this.#options.output.control("\r\x1b[K");
    this.#status = text;
    this.#drawStatus();
  }

  /**
   * Lends the terminal out while a command runs: until `use` is done nothing is
   * read here, and what is printed waits.
   */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    this.status(undefined);
    const held = this.#held = [] as (string | Uint8Array)[];
    this.#editor.close();
    try {
      return await use();
    } finally {
      this.#held = undefined;
      if (!this.#closed && !this.inputEnded) {
        this.#toLineStart();
        this.#editor = this.#open();
      }
      for (const what of held) this.print(what);
    }
  }

  /** To the next line, unless the cursor is at the start of one. */
  #toLineStart(): void {
    const { output, columns } = this.#options;
    // A line of spaces wraps only if something stands before it.
    output.control(`${" ".repeat(columns())}\r\x1b[K`);
  }

  get lent(): boolean {
    return this.#held !== undefined;
  }

  clear(): void {
    this.#editor.write(null, { ctrl: true, name: "e" });
    this.#editor.write(null, { ctrl: true, name: "u" });
  }

  /** Drops the lines that were typed ahead. */
  forgetTyped(): void {
    this.#typed.length = 0;
    this.clear();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (this.#closed) return;
    this.status(undefined);
    this.#closed = true;
    if (this.#give !== undefined) {
      this.#options.output.write("\n");
      this.#take("end");
    }
    this.#editor.close();
    process.stdout.off("resize", this.#onResize);
    process.stdin.pause();
  }

  readonly #suspend = (): void => {
    suspend();
    if (this.#give !== undefined) this.#redraw();
  };

  readonly #onResize = (): boolean => this.#screen.emit("resize");

  #open(): readline.Interface {
    const editor = readline.createInterface({
      input: process.stdin,
      output: this.#screen,
      terminal: true,
      prompt: PROMPT,
      history: this.#history,
      historySize: MAX_HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (typed, done) => {
        this.#options.complete(typed)
          .then(([candidates, word]) => done(null, [candidates, word]), done);
      },
    });
    editor.on("line", (line) => this.#take({ line }));
    editor.on("history", (history) => this.#history = history);
    editor.on("SIGINT", this.#options.onInterrupt);
    editor.on("SIGTSTP", this.#suspend);
    editor.on("close", () => this.#onClose());
    return editor;
  }

  /** Ctrl-D closes the editor for good: another one takes its place. */
  #onClose(): void {
    if (this.#closed || this.inputEnded || this.#held !== undefined) return;
    this.#editor = this.#open();
    // During a command Ctrl-D means nothing: one too many is typed easily.
    if (this.#give !== undefined) {
      this.#options.output.write("\n");
      this.#take("end");
    }
  }

  #take(typed: Typed): void {
    this.#muted = true;
    if (this.#give === undefined) this.#typed.push(typed);
    else this.#give(typed);
    this.#give = undefined;
  }

  /** The editor moves up by the rows that it last took, so it needs them again. */
  #redraw(): void {
    const { rows } = this.#editor.getCursorPos();
    this.#options.output.write("\n".repeat(rows));
    this.#editor.prompt(true);
  }

  #drawStatus(): void {
    if (this.#status !== undefined) this.#options.output.write(this.#status);
  }
}

/** Ctrl-Z: stops this program and those that started it, as a shell does. */
export function suspend(): void {
  process.stdin.setRawMode(false);
  try {
    process.kill(0, "SIGTSTP");
  } catch {
    // Not permitted: the program goes on.
  }
  // Here the program goes on when it is resumed.
  process.stdin.setRawMode(true);
}
