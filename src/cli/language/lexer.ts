/**
 * A line → words (a shell's term for its tokens), each with its place.
 *
 * Quotes are a shell's, and so are `<`, `>`, `>>` and `|`. Two things differ, so that
 * JSON can be typed as it is: a word that begins with `{` or `[` ends at the
 * bracket that closes it, and keeps its quotes and spaces; and a `;` separates
 * only at the end of a word.
 */
import { LineError, type Span } from "./line.ts";

/** A word of a line, its quotes taken off. */
export interface Word extends Span {
  readonly text: string;
  /** Began with a quote or a backslash: not an option, and not a separator. */
  readonly quoted: boolean;
}

/** Where a line sends the replies: to a file, a command of the shell, a pager. */
export type Target =
  | { readonly kind: "pager" }
  | { readonly kind: "file"; readonly file: Word; readonly append: boolean }
  | { readonly kind: "pipe"; readonly command: Word };

/** Reads a line word by word, and the rest raw if asked to. */
export class WordReader {
  readonly #line: string;
  #at = 0;
  /** What a `>`, `>>` or `|` among the words read so far has named. */
  target: Target | undefined;
  /** The file that a `<` has named. */
  source: Word | undefined;

  constructor(line: string) {
    this.#line = line;
  }

  /** The next word without taking it, or undefined at the end of the line. */
  peek(): Word | undefined {
    const { target, source } = this;
    const at = this.#at;
    const word = this.next();
    if (word !== undefined) {
      this.#at = at;
      this.target = target;
      this.source = source;
    }
    return word;
  }

  /** Takes the next word; a `<`, `>` or `|` on the way is not one. */
  next(): Word | undefined {
    let start = skipSpace(this.#line, this.#at);
    while (isRedirection(this.#line, start)) {
      this.#redirect(start);
      start = skipSpace(this.#line, this.#at);
    }
    if (start === this.#line.length) return undefined;
    const word = isSeparator(this.#line, start)
      ? { text: ";", quoted: false, start, end: start + 1 }
      : readWord(this.#line, start);
    this.#at = word.end;
    return word;
  }

  /** The name of the command; `!` and `?` need no space after them. */
  name(): Word | undefined {
    const start = skipSpace(this.#line, this.#at);
    const char = this.#line.charAt(start);
    if (char !== "!" && char !== "?") return this.next();
    this.#at = start + 1;
    return { text: char, quoted: false, start, end: this.#at };
  }

  /** Takes the rest of the line, as it was typed. */
  rest(): Word {
    const start = skipSpace(this.#line, this.#at);
    const text = this.#line.slice(start).trimEnd();
    this.#at = this.#line.length;
    return { text, quoted: false, start, end: start + text.length };
  }

  #redirect(start: number): void {
    const [sign = ""] =
      /^(>>?|<|\|)/.exec(this.#line.slice(start, start + 2)) ??
        [];
    const place = { start, end: start + sign.length };
    if (sign === "<" && this.source !== undefined) {
      throw new LineError("the inputs come from one file only", place);
    }
    if (sign !== "<" && this.target !== undefined) {
      throw new LineError("the replies go to one file or command only", place);
    }
    this.#at = place.end;
    if (sign === "|") {
      const command = this.rest();
      if (command.text === "") {
        throw new LineError("no command follows the |", place);
      }
      this.target = { kind: "pipe", command };
      return;
    }
    const from = skipSpace(this.#line, place.end);
    if (from === this.#line.length || isRedirection(this.#line, from)) {
      throw new LineError(`no file follows the ${sign}`, place);
    }
    const file = readWord(this.#line, from);
    this.#at = file.end;
    if (sign === "<") this.source = file;
    else this.target = { kind: "file", file, append: sign === ">>" };
  }

  /** The place after the last word: where something is missing. */
  end(): Span {
    return span(this.#line.slice(0, this.#at).trimEnd().length + 1);
  }
}

/** Whether the word is the `;` that stands between two calls. */
export function isSeparatorWord(word: Word): boolean {
  return word.text === ";" && !word.quoted;
}

function readWord(line: string, start: number): Word {
  const quoted = `'"\\`.includes(line.charAt(start));
  let at = isOpening(line.charAt(start)) ? closingBracket(line, start) : start;
  let text = line.slice(start, at);
  while (at < line.length && !isSpace(line.charAt(at))) {
    const char = line.charAt(at);
    if (char === "'" || char === '"') {
      const end = closingQuote(line, at);
      const inner = line.slice(at + 1, end - 1);
      text += char === "'" ? inner : inner.replace(/\\(["\\])/g, "$1");
      at = end;
    } else if (char === "\\") {
      if (at + 1 === line.length) {
        throw new LineError("nothing follows the backslash", span(at), true);
      }
      text += line.charAt(at + 1);
      at += 2;
    } else if (isSeparator(line, at)) {
      break;
    } else if (isRedirection(line, at)) {
      if (char === ">" && /^\d+$/.test(line.slice(start, at))) {
        throw new LineError(
          `${text}> is a descriptor in a shell: put a space before the >`,
          { start, end: at + 1 },
        );
      }
      break;
    } else {
      text += char;
      at++;
    }
  }
  return { text, quoted, start, end: at };
}

/** The place after the quote that closes the one at `start`. */
function closingQuote(line: string, start: number): number {
  const quote = line.charAt(start);
  for (let at = start + 1; at < line.length; at++) {
    if (line.charAt(at) === quote) return at + 1;
    if (quote === '"' && /^\\["\\]/.test(line.slice(at, at + 2))) at++;
  }
  throw new LineError(`the quote ${quote} is not closed`, span(start), true);
}

/** The place after the bracket that closes the one at `start`. */
function closingBracket(line: string, start: number): number {
  const open: number[] = [];
  let inString = false;
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at);
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') {
      inString = true;
    } else if (isOpening(char)) {
      open.push(at);
    } else if (char === "}" || char === "]") {
      open.pop();
      if (open.length === 0) return at + 1;
    }
  }
  const at = open.at(-1) ?? start;
  throw new LineError(
    `the bracket ${line.charAt(at)} is not closed; quote it if it is text`,
    span(at),
    true,
  );
}

function isOpening(char: string): boolean {
  return char === "{" || char === "[";
}

function isSeparator(line: string, at: number): boolean {
  return line.charAt(at) === ";" &&
    (at + 1 === line.length || isSpace(line.charAt(at + 1)));
}

function isRedirection(line: string, at: number): boolean {
  return /[<>|]/.test(line.charAt(at));
}

function isSpace(char: string): boolean {
  return /\s/.test(char);
}

function skipSpace(line: string, from: number): number {
  let at = from;
  while (at < line.length && isSpace(line.charAt(at))) at++;
  return at;
}

function span(start: number): Span {
  return { start, end: start + 1 };
}

export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Words as a line that parses to them. */
export function lineOf(words: readonly string[]): string {
  return words.map((word) => {
    if (/^[\w./:@%+=,~^-]+$/.test(word)) return word;
    // An option stays one: its dashes are not quoted.
    const [dashes = ""] = /^-*/.exec(word)!;
    return dashes + quoteWord(word.slice(dashes.length));
  }).join(" ");
}
