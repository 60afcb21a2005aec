/**
 * The bottom of a terminal: a prompt with what is being typed, or the status of
 * a command that runs. Replies are printed above it.
 *
 * The terminal stays in raw mode from start to end, so that Ctrl-C is a key and
 * not a signal, which would also end the programs that started this one.
 */
import process from "node:process";
import type { Key } from "node:readline";
import type { Output } from "../render/reply.ts";
import { Bottom, type Size } from "./bottom.ts";
import { commonStart, type Completion } from "./completion.ts";
import type { History } from "./history.ts";
import { type InputState, MORE } from "./input_view.ts";
import { type Input, Keys, plain, suspend } from "./keys.ts";
import { LineEditor } from "./line_editor.ts";

export interface PromptLineOptions {
  readonly output: Output;
  readonly size: Size;
  readonly history: History;
  readonly complete: (typed: string) => Promise<Completion>;
  /** The candidates as lines to print. */
  readonly list: (completion: Completion) => string;
  /** Splits what was typed into inputs; undefined if the last one goes on. */
  readonly split: (text: string) => Promise<string[] | undefined>;
  readonly onInterrupt: () => void;
}

/** An input that was typed, or the end of all: Ctrl-D. */
export type Typed = { readonly line: string } | "end";

const PROMPT = "> ";

/**
 * Deno clears the line of the cursor when it has loaded modules, which a task may
 * do right after its start. So the input is drawn again so long after a command.
 */
const REDRAW_AFTER_MS = [100, 400, 1600];

export class PromptLine {
  readonly #options: PromptLineOptions;
  readonly #editor: LineEditor;
  readonly #keys: Keys;
  readonly #bottom: Bottom;
  /** What was typed and is still to be handled, while a part of it takes its time. */
  #inputs: Input[] = [];
  #handling = false;
  #afterReturn = false;
  /** What was typed ahead. */
  readonly #typed: Typed[] = [];
  #give: ((typed: Typed) => void) | undefined;
  #status: (() => string) | undefined;
  /** What is to be printed once the terminal is given back; undefined when it is here. */
  #held: (string | Uint8Array)[] | undefined;
  #closed = false;
  /** Whether the terminal has gone, and nothing more can be typed. */
  inputEnded = false;

  constructor(options: PromptLineOptions) {
    this.#options = options;
    this.#bottom = new Bottom(options.output, options.size);
    this.#editor = new LineEditor(options.history);
    this.#keys = new Keys(options.output, this.#onInput);
    this.#keys.take();
    process.stdin.once("end", () => {
      this.inputEnded = true;
      this.#end();
    });
    process.stdout.on("resize", this.#onResize);
  }

  /** Shows the prompt until an input is typed. */
  async next(): Promise<Typed> {
    this.status(undefined);
    if (this.inputEnded) return "end";
    const typed = this.#typed.shift();
    if (typed !== undefined) {
      if (typed !== "end") this.#echo(typed.line);
      return typed;
    }
    const { promise, resolve } = Promise.withResolvers<Typed>();
    this.#give = resolve;
    this.#draw();
    const timers = REDRAW_AFTER_MS.map((ms) => setTimeout(this.#redraw, ms));
    try {
      return await promise;
    } finally {
      timers.forEach(clearTimeout);
    }
  }

  readonly #redraw = (): void => {
    this.#bottom.erase();
    this.#draw();
  };

  /** Prints whole lines, or bytes as they are, above the bottom. */
  print(what: string | Uint8Array): void {
    if (this.#held !== undefined) return void this.#held.push(what);
    const { output } = this.#options;
    this.#bottom.erase();
    output.write(what);
    if (typeof what !== "string") output.write("\n");
    this.#draw();
  }

  /**
   * Shows a status while there is no prompt, which is drawn anew for each width
   * and has to fit into one line; undefined clears it.
   */
  status(text: (() => string) | undefined): void {
    if (this.#give !== undefined || this.#held !== undefined) return;
    this.#bottom.erase();
    this.#status = text;
    this.#draw();
  }

  /**
   * Lends the terminal out while a command runs: until `use` is done nothing is
   * read here, and what is printed waits.
   */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    this.status(undefined);
    const held = this.#held = [] as (string | Uint8Array)[];
    this.#keys.release();
    try {
      return await use();
    } finally {
      this.#held = undefined;
      if (!this.#closed && !this.inputEnded) {
        this.#toLineStart();
        this.#keys.take();
      }
      for (const what of held) this.print(what);
    }
  }

  /** To the next line, unless the cursor is at the start of one. */
  #toLineStart(): void {
    const { output, size } = this.#options;
    // A line of spaces wraps only if something stands before it.
    output.control(`${" ".repeat(size().columns)}\r\x1b[K`);
  }

  get lent(): boolean {
    return this.#held !== undefined;
  }

  /** Drops what is being typed, and what was typed ahead. */
  forgetTyped(): void {
    this.#inputs = [];
    this.#typed.length = 0;
    this.#editor.clear();
    this.#draw();
  }

  /** Clears the screen. */
  clearScreen(): void {
    this.#bottom.forget();
    this.#options.output.control("\x1b[H\x1b[2J");
    this.#draw();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (this.#closed) return;
    this.status(undefined);
    this.#end();
    this.#closed = true;
    this.#keys.release();
    process.stdout.off("resize", this.#onResize);
  }

  readonly #onInput = (input: Input): void => {
    if (input.kind === "key" && input.key.ctrl && input.key.name === "c") {
      return this.#options.onInterrupt();
    }
    this.#inputs.push(input);
    if (!this.#handling) this.#handleInputs();
  };

  async #handleInputs(): Promise<void> {
    this.#handling = true;
    for (let input; (input = this.#inputs.shift()) !== undefined;) {
      const handled = input.kind === "key"
        ? this.#press(input.key)
        : this.#editor.insert(plain(input.text));
      if (handled !== undefined) await handled;
      this.#draw();
    }
    this.#handling = false;
  }

  #press(key: Key): Promise<void> | void {
    const { name, ctrl, meta } = key;
    // A line may end with both.
    const again = name === "enter" && this.#afterReturn;
    this.#afterReturn = name === "return";
    if (again) return;
    if (name === "return" || name === "enter") {
      return meta ? this.#editor.insert("\n") : this.#enter();
    }
    if (name === "tab" && !key.shift) return this.#complete();
    if (ctrl && name === "d" && this.#editor.text === "") {
      // During a command Ctrl-D means nothing: one too many is typed easily.
      return this.#end();
    }
    if (ctrl && name === "z") return this.#suspend();
    if (ctrl && name === "l") return this.clearScreen();
    this.#editor.press(key);
  }

  async #enter(): Promise<void> {
    const { history, split } = this.#options;
    const { text } = this.#editor;
    const inputs = await split(text);
    // Ctrl-C may have dropped it meanwhile.
    if (this.#editor.text !== text) return;
    if (inputs === undefined) return this.#editor.insert("\n");
    this.#editor.press({ name: "end" });
    this.#draw();
    if (this.#editor.take()) history.save();
    const give = this.#give;
    const lines = inputs.map((line) => ({ line }));
    const [first] = lines;
    if (give === undefined || first === undefined) {
      return void this.#typed.push(...lines);
    }
    // Of several, each is shown above its own replies.
    if (lines.length > 1) this.#bottom.erase();
    this.#finish(lines.length === 1 ? undefined : first.line);
    this.#typed.push(...lines.slice(1));
    give(first);
  }

  async #complete(): Promise<void> {
    const { text, cursor } = this.#editor;
    const before = text.slice(0, cursor);
    const { complete, list } = this.#options;
    const completion = await complete(
      before.slice(before.lastIndexOf("\n") + 1),
    );
    const { candidates, word } = completion;
    // Ctrl-C may have dropped it meanwhile.
    if (this.#editor.text !== text || candidates.length === 0) return;
    const common = commonStart(candidates);
    if (common.length > word.length) {
      this.#editor.insert(common.slice(word.length));
    } else {
      this.print(list(completion));
    }
  }

  /** Ends a prompt that is shown. */
  #end(): void {
    if (this.#give === undefined) return;
    const give = this.#give;
    this.#finish();
    give("end");
  }

  /** Leaves the prompt as it stands on the screen, or shows the line there. */
  #finish(line?: string): void {
    this.#bottom.leave();
    this.#give = undefined;
    if (line !== undefined) this.#echo(line);
  }

  #echo(line: string): void {
    this.print(`${PROMPT}${line.replaceAll("\n", `\n${MORE}`)}\n`);
  }

  #suspend(): void {
    this.#keys.release();
    suspend();
    this.#keys.take();
    this.#bottom.forget();
  }

  readonly #onResize = (): void => {
    if (this.#held !== undefined) return;
    this.#bottom.resized(this.#state());
    this.#redraw();
  };

  #state(): InputState {
    const { text, cursor, wanted } = this.#editor;
    const prompt = wanted === undefined ? PROMPT : `search "${wanted}": `;
    return { prompt, text, cursor };
  }

  #draw(): void {
    if (this.#held !== undefined || this.#closed) return;
    if (this.#give !== undefined) this.#bottom.draw(this.#state());
    else if (this.#status !== undefined) {
      this.#bottom.drawStatus(this.#status());
    }
  }
}
