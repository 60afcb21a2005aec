/** A line → a command and its arguments, or what is wrong and where. */
import { didYouMean } from "../text/nearest.ts";
import {
  isSeparatorWord,
  type Target,
  type Word,
  WordReader,
} from "./lexer.ts";
import { type Line, LineError } from "./line.ts";
import {
  type Commands,
  flagOf,
  labelOf,
  missingFrom,
  type Option,
  optionOf,
  type Parsed,
  SHARED,
  type Spec,
  surplusFor,
} from "./spec.ts";

export interface ParsedLine<S extends Spec = Spec> extends Parsed {
  readonly command: S;
  /** Where the replies go in place of the screen. */
  readonly target: Target | undefined;
  /** Whether each reply is to be JSON. */
  readonly json: boolean;
}

/**
 * Parses a line of the prompt; undefined if it is blank or a comment. `now` is
 * the time that durations from now count from, in milliseconds since the epoch.
 *
 * @throws {LineError} If the line can't be understood.
 */
export async function parseLine<S extends Spec>(
  line: string,
  commands: Commands<S>,
  now: number = Date.now(),
): Promise<ParsedLine<S> | undefined> {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const words = new WordReader(line);
  const name = words.name();
  if (name === undefined) {
    throw new LineError("a command is missing", { start: 0, end: 1 });
  }
  const command = await commands.load(name.text);
  if (command === undefined) {
    const guess = didYouMean(name.text, commands.names) ||
      `; "help" lists the commands`;
    throw new LineError(`unknown command "${name.text}"${guess}`, name);
  }
  const spec = { ...command, options: { ...SHARED, ...command.options } };
  const { args, options, added } = parseArguments(spec, words, now);
  const { json = false, page = false, ...given } = options;
  const own: Fields = given;
  if (page && words.target !== undefined) {
    throw new LineError("--page goes with no > and no |", words.end());
  }
  const { source } = words;
  if (source !== undefined) {
    const { reads } = command;
    if (reads === undefined) {
      throw new LineError(`"${command.name}" reads no file`, source);
    }
    if (reads in own) {
      throw new LineError(`${flagOf(reads)} and < are both given`, source);
    }
    own[reads] = command.options[reads]!.kind.parse(source, now);
  }
  return {
    command,
    args,
    options: own,
    added,
    target: page ? { kind: "pager" } : words.target,
    json: json === true,
  };
}

/**
 * Whether the line could be understood as it stands: no quote, bracket,
 * template or comment in it is open. What is wrong in another way is complete.
 */
export async function isComplete(
  line: string,
  commands: Commands,
): Promise<boolean> {
  try {
    await parseLine(line, commands);
    return true;
  } catch (error) {
    return !(error instanceof LineError && error.unfinished);
  }
}

/** An input in a script is given up when so many characters were searched. */
const MAX_SEARCHED = 400_000_000;

/** Joins the lines of an input into one, which has the number of the first. */
export async function* joinLines(
  lines: AsyncIterable<Line>,
  commands: Commands,
): AsyncGenerator<Line, void, void> {
  let open: Line | undefined;
  let searched = 0;
  for await (const line of lines) {
    const joined: Line = open === undefined
      ? line
      : { ...open, text: `${open.text}\n${line.text}` };
    searched += joined.text.length;
    if (
      joined.malformed === undefined && searched < MAX_SEARCHED &&
      !await isComplete(joined.text, commands)
    ) {
      open = joined;
    } else {
      yield joined;
      open = undefined;
      searched = 0;
    }
  }
  if (open !== undefined) yield open;
}

type Fields = Record<string, unknown>;

/**
 * Parses what follows the name of a command. In a call, up to the `;` after it;
 * what is missing there is missing from `caller`.
 */
function parseArguments(
  spec: Spec,
  words: WordReader,
  now: number,
  caller: Spec = spec,
): Parsed {
  const args: Fields = {};
  const options: Fields = {};
  const added: Fields = {};
  const parsed = { args, options, added };
  let more: Spec | undefined;
  const entries = Object.entries(spec.args);
  let position = 0;
  let optionsEnded = false;
  for (;;) {
    const [key = "", argument] = entries[position] ?? [];
    const word = argument?.rest ? peekOption(words) : words.peek();
    const known = more === undefined
      ? spec
      : { ...spec, options: { ...spec.options, ...more.options } };
    if (word !== undefined && !optionsEnded && isOption(word, known)) {
      words.next();
      if (word.text === "--") optionsEnded = true;
      else {
        const own = optionOf(word.text, spec.options) !== undefined;
        parseOption(known, word, words, now, own ? options : added);
      }
      continue;
    }
    if (argument?.calls !== undefined) {
      args[key] = parseCalls(spec, argument.calls, words, now);
      return parsed;
    }
    if (argument?.rest) {
      const rest = words.rest();
      if (rest.text === "") throw missingFrom(caller, argument, words.end());
      args[key] = argument.kind.parse(rest, now);
      return parsed;
    }
    if (word === undefined || (caller !== spec && isSeparatorWord(word))) break;
    words.next();
    if (isSeparatorWord(word)) {
      const way = argument === undefined ? "" : "; quote it to pass it on";
      throw new LineError(`${ONLY_CALLS}${way}`, word);
    }
    if (argument === undefined) throw surplusFor(spec, word);
    const value = argument.kind.parse(word, now);
    if (argument.many) {
      args[key] = [args[key] ?? [], value].flat();
    } else {
      args[key] = value;
      position++;
    }
    more ??= argument.adds?.(word);
    optionsEnded ||= more?.literal ?? false;
  }
  for (const [key, argument] of entries.slice(position)) {
    if (key in args) continue;
    if (!argument.optional) throw missingFrom(caller, argument, words.end());
    if (argument.many) args[key] = [];
  }
  return parsed;
}

/** The rest of a line need not be words; only an option before it must be. */
function peekOption(words: WordReader): Word | undefined {
  try {
    return words.peek();
  } catch {
    return undefined;
  }
}

function parseCalls(
  caller: Spec,
  spec: Spec,
  words: WordReader,
  now: number,
): Parsed[] {
  const calls: Parsed[] = [];
  while (words.peek() !== undefined || calls.length === 0) {
    calls.push(parseArguments(spec, words, now, caller));
    words.next();
  }
  return calls;
}

function parseOption(
  spec: Spec,
  word: Word,
  words: WordReader,
  now: number,
  parsed: Fields,
): void {
  const found = optionOf(word.text, spec.options);
  if (found === undefined) {
    const flag = word.text.split("=", 1)[0]!;
    const flags = Object.keys(spec.options).map(flagOf);
    throw new LineError(
      `"${spec.name}" has no option ${flag}${didYouMean(flag, flags)}`,
      word,
    );
  }
  const { key, flag, value: text } = found;
  const option = spec.options[key]!;
  const { kind } = option;
  if (key in parsed && !option.many) {
    throw new LineError(`${flag} is given twice`, word);
  }
  if (kind.label === undefined) {
    if (text !== undefined) throw new LineError(`${flag} takes no value`, word);
    parsed[key] = kind.parse(word, now);
    return;
  }
  if (option.bare && text === undefined) {
    parsed[key] = kind.parse({ ...word, text: "" }, now);
    return;
  }
  const value = text === undefined ? optionValue(flag, option, words, spec) : {
    text,
    quoted: true,
    start: word.start + word.text.length - text.length,
    end: word.end,
  };
  const parsedValue = kind.parse(value, now);
  parsed[key] = option.many
    ? [parsed[key] ?? [], parsedValue].flat()
    : parsedValue;
}

function optionValue(
  flag: string,
  option: Option,
  words: WordReader,
  spec: Spec,
): Word {
  const word = words.peek();
  if (word === undefined || isSeparatorWord(word) || isOption(word, spec)) {
    const label = labelOf(option);
    throw new LineError(`${flag} needs ${label}`, word ?? words.end());
  }
  words.next();
  return word;
}

const ONLY_CALLS = `a ; separates only the calls of "gather"`;

/** A single dash begins an option only where the option has a letter. */
function isOption({ text, quoted }: Word, { options }: Spec): boolean {
  if (quoted) return false;
  return /^--($|[a-z])/.test(text) ||
    /^-[^-]/.test(text) && optionOf(text, options) !== undefined;
}
