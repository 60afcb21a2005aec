/**
 * The input that is being typed: its text, the cursor, its history. What keys do
 * is `node:readline`'s, which here edits and never draws.
 */
import readline from "node:readline";
import { PassThrough, Writable } from "node:stream";
import type { History } from "./history.ts";

/** Edits for {@linkcode LineEditor}, whatever the length of the text. */
class Engine extends readline.Interface {
  constructor(history: string[], historySize: number) {
    super({
      input: new PassThrough(),
      output: new Writable({ write: (_chunk, _encoding, done) => done() }),
      terminal: true,
      history,
      historySize,
      removeHistoryDuplicates: true,
    });
  }

  // Asked several times for each key, readline measures the whole text anew.
  override getCursorPos(): { rows: number; cols: number } {
    return { rows: 0, cols: 1 };
  }

  /** Not in the documentation; without it a key only takes longer. */
  _refreshLine(): void {}
}

/** What is looked for in the history, as far as it is typed. */
interface Search {
  readonly wanted: string;
  /** The entry that was found; none of them has it at first. */
  readonly at: number;
  readonly before: { readonly line: string; readonly cursor: number };
}

export class LineEditor {
  readonly #engine: Engine;
  /** The latest first; the engine adds to it. */
  readonly #history: string[];
  #search: Search | undefined;

  constructor({ entries, maxEntries }: History) {
    this.#history = entries;
    this.#engine = new Engine(entries, maxEntries);
  }

  get text(): string {
    return this.#engine.line;
  }

  get cursor(): number {
    return this.#engine.cursor;
  }

  /** What the history is searched for, while it is. */
  get wanted(): string | undefined {
    return this.#search?.wanted;
  }

  /** Inserts text, which may have several lines. */
  insert(text: string): void {
    if (this.#search !== undefined) {
      return this.#find(this.#search.wanted + text, 0);
    }
    const { text: line, cursor } = this;
    this.#set(
      line.slice(0, cursor) + text + line.slice(cursor),
      cursor + text.length,
    );
  }

  press(key: readline.Key): void {
    if (this.#search !== undefined && this.#pressInSearch(key)) return;
    if (key.ctrl && key.name === "r") {
      const before = { line: this.text, cursor: this.cursor };
      this.#search = { wanted: "", at: -1, before };
    } else if (!this.#moveInLines(key)) {
      this.#engine.write(null, key);
    }
  }

  /** Drops the text, which Ctrl-Y brings back. */
  clear(): void {
    this.#search = undefined;
    this.#engine.write(null, { ctrl: true, name: "e" });
    this.#engine.write(null, { ctrl: true, name: "u" });
  }

  /**
   * Takes the text out. Returns whether it is in the history now: not if it
   * begins with a space.
   */
  take(): boolean {
    this.#search = undefined;
    const remember = /^\S/.test(this.text);
    if (remember) this.#engine.write(null, { name: "return" });
    else this.#set("", 0);
    return remember;
  }

  #set(line: string, cursor: number): void {
    Object.assign(this.#engine, { line, cursor });
    // Ends a walk through the history, as any key but the arrows does.
    this.#engine.write("");
  }

  /** Whether the key was meant for the search; any other one ends the search. */
  #pressInSearch({ name, ctrl, meta }: readline.Key): boolean {
    const { wanted, at, before } = this.#search!;
    if (ctrl && name === "r") this.#find(wanted, at + 1);
    else if (name === "backspace") this.#find(wanted.slice(0, -1), 0);
    else if (ctrl && name === "g") {
      this.#search = undefined;
      this.#set(before.line, before.cursor);
    } else {
      this.#search = undefined;
      return name === "escape" && !meta;
    }
    return true;
  }

  /** Searches from an entry on; what was found stays if there is no other. */
  #find(wanted: string, from: number): void {
    const { at, before } = this.#search!;
    const found = wanted === "" ? -1 : this.#history
      .findIndex((entry, index) => index >= from && entry.includes(wanted));
    this.#search = { wanted, at: found < 0 ? at : found, before };
    if (found < 0) return;
    const line = this.#history[found]!;
    this.#set(line, line.indexOf(wanted) + wanted.length);
  }

  /** Moves between the lines of one text, or to the ends of one. */
  #moveInLines({ name, ctrl, meta, shift }: readline.Key): boolean {
    const { text, cursor } = this;
    if (meta || shift || !text.includes("\n")) return false;
    const start = text.lastIndexOf("\n", cursor - 1) + 1;
    const end = (text.indexOf("\n", cursor) + text.length + 1) %
      (text.length + 1);
    const to = (at: number): boolean => {
      this.#set(text, at);
      return true;
    };
    if (name === "home" || (ctrl && name === "a")) return to(start);
    if (name === "end" || (ctrl && name === "e")) return to(end);
    if (ctrl) return false;
    if (name === "up" && start > 0) {
      const above = text.lastIndexOf("\n", start - 2) + 1;
      return to(Math.min(above + cursor - start, start - 1));
    }
    if (name === "down" && end < text.length) {
      const below = text.indexOf("\n", end + 1);
      return to(
        Math.min(end + 1 + cursor - start, below < 0 ? text.length : below),
      );
    }
    return false;
  }
}
