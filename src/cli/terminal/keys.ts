/** What a person types on the terminal: text, keys, and pasted blocks. */
import process from "node:process";
import readline from "node:readline";
import { PassThrough } from "node:stream";
import type { Output } from "../render/reply.ts";

export type Input =
  | { readonly kind: "text" | "paste"; readonly text: string }
  | { readonly kind: "key"; readonly key: readline.Key };

/** The terminal puts marks around what is pasted (bracketed paste). */
const MARK_PASTES = "\x1b[?2004h";
const MARK_NO_PASTES = "\x1b[?2004l";
const PASTE_BEGINS = "\x1b[200~";
const PASTE_ENDS = "\x1b[201~";

const CTRL_C = "\x03";

/**
 * Reads the terminal in raw mode, in which Ctrl-C is a key. Text that arrives
 * together is one input, so that a long one costs no more than its length.
 */
export class Keys {
  readonly #output: Output;
  readonly #onInput: (input: Input) => void;
  /** Makes keys of bytes; it never sees a pasted block. */
  readonly #decoded = new PassThrough();
  #utf8 = new TextDecoder();
  #text = "";
  /** The block that is being pasted. */
  #pasted: string | undefined;
  /** The beginning of a mark, at the end of what was read. */
  #partOfMark = "";
  #reading = false;

  constructor(output: Output, onInput: (input: Input) => void) {
    this.#output = output;
    this.#onInput = onInput;
    readline.emitKeypressEvents(this.#decoded);
    this.#decoded.on("keypress", (text: string | undefined, key) => {
      if (text !== undefined && isPrintable(text) && !key.ctrl && !key.meta) {
        this.#text += text;
      } else {
        this.#flush();
        this.#onInput({ kind: "key", key });
      }
    });
  }

  /** Takes the terminal: sets its modes, and begins to read. */
  take(): void {
    if (this.#reading) return;
    this.#reading = true;
    process.stdin.setRawMode(true);
    this.#output.control(MARK_PASTES);
    process.stdin.on("data", this.#onData);
    process.stdin.resume();
  }

  /** Gives the terminal back as it was. */
  release(): void {
    if (!this.#reading) return;
    this.#reading = false;
    process.stdin.off("data", this.#onData);
    process.stdin.pause();
    this.#output.control(MARK_NO_PASTES);
    process.stdin.setRawMode(false);
    this.#pasted = undefined;
    this.#partOfMark = "";
  }

  readonly #onData = (bytes: Uint8Array): void => {
    const text = this.#utf8.decode(bytes, { stream: true });
    if (text === CTRL_C && this.#pasted !== undefined) this.#pasted = undefined;
    let rest = this.#partOfMark + text;
    for (;;) {
      const mark = this.#pasted === undefined ? PASTE_BEGINS : PASTE_ENDS;
      const at = rest.indexOf(mark);
      if (at < 0) {
        this.#partOfMark = endThatBegins(mark, rest);
        return this.#pass(rest.slice(0, rest.length - this.#partOfMark.length));
      }
      this.#pass(rest.slice(0, at));
      rest = rest.slice(at + mark.length);
      const text = this.#pasted;
      this.#pasted = text === undefined ? "" : undefined;
      if (text !== undefined) this.#onInput({ kind: "paste", text });
    }
  };

  #pass(text: string): void {
    if (this.#pasted !== undefined) {
      this.#pasted += text;
    } else if (text !== "") {
      this.#decoded.emit("data", text);
      this.#flush();
    }
  }

  #flush(): void {
    const text = this.#text;
    this.#text = "";
    if (text !== "") this.#onInput({ kind: "text", text });
  }
}

/** Which end of the text may be how the mark begins. Escape alone is a key. */
function endThatBegins(mark: string, text: string): string {
  for (let length = mark.length - 1; length > 1; length--) {
    const end = mark.slice(0, length);
    if (text.endsWith(end)) return end;
  }
  return "";
}

function isPrintable(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return !/^[\x00-\x1f\x7f]/.test(text);
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

/** Text to insert: its line ends as ours, and none after the last line. */
export function plain(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replace(/\n+$/, "");
}
