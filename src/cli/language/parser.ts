/**
 * A line → a command, or what is wrong with it and where.
 *
 * @module
 */
import { commandNames, findCommand } from "./command_names.ts";
import { type Command, COMMANDS } from "./grammar.ts";
import { parseKind } from "./kinds.ts";
import { LineError } from "./line_error.ts";
import { didYouMean } from "../text/nearest.ts";
import type {
  Call,
  CommandSpec,
  Kind,
  OptionSpec,
  PositionalSpec,
} from "./spec.ts";
import { usageOf } from "./usage.ts";
import { isSeparatorWord, type Word, WordReader } from "./lexer.ts";

/** What a line comes to; undefined if it is blank or a comment. */
export type ParsedLine = Command | LineError | undefined;

/** Parses a line of the prompt. `now` is what durations from now count from. */
export function parseLine(line: string, now: number = Date.now()): ParsedLine {
  if (/^\s*(#|$)/.test(line)) return undefined;
  try {
    return parseCommand(new WordReader(line), now);
  } catch (error) {
    if (error instanceof LineError) return error;
    throw error;
  }
}

const SUBMIT: CommandSpec = COMMANDS[0];

type Fields = Record<string, unknown>;

function parseCommand(words: WordReader, now: number): Command {
  const name = words.next();
  if (name === undefined) throw new LineError("empty line", words.end());
  const spec = findCommand(name.text);
  if (spec === undefined) {
    const guess = didYouMean(name.text, commandNames()) ||
      `; "help" lists the commands`;
    throw new LineError(`unknown command "${name.text}"${guess}`, name);
  }
  const { args, options } = parseArguments(spec, words, now);
  // The fields are those of `spec`, which is the entry that the type comes from.
  return { name: spec.name, args, options } as unknown as Command;
}

/** Parses what follows the name of a command, or one call of `gather`. */
function parseArguments(
  spec: CommandSpec,
  words: WordReader,
  now: number,
  caller: CommandSpec = spec,
): { args: Fields; options: Fields } {
  const args: Fields = {};
  const options: Fields = {};
  let place = 0;
  let optionsEnded = false;
  for (;;) {
    const positional = spec.positionals[place];
    const word = peekUnlessSource(words, positional);
    if (word !== undefined && !optionsEnded && isOption(word)) {
      words.next();
      if (word.text === "--") optionsEnded = true;
      else parseOption(spec, word, words, now, options);
      continue;
    }
    if (positional?.kind === "source") {
      args[positional.key] = required(spec, positional, words.rest(), words);
      return { args, options };
    }
    if (positional?.kind === "calls") {
      args[positional.key] = parseCalls(spec, words, now);
      return { args, options };
    }
    if (word === undefined || (caller !== spec && isSeparatorWord(word))) break;
    words.next();
    if (positional === undefined) throw surplus(spec, word);
    if (isSeparatorWord(word)) {
      throw new LineError(
        `a ; separates only the calls of "gather"; quote it to pass it on`,
        word,
      );
    }
    const value = parseWord(positional.kind, word, now);
    if (positional.variadic) {
      args[positional.key] = [...list(args[positional.key]), value].flat();
    } else {
      args[positional.key] = value;
      place++;
    }
  }
  fillMissing(spec, args, place, caller, words);
  return { args, options };
}

/** JavaScript need not lex as words, so it is only looked at for an option. */
function peekUnlessSource(
  words: WordReader,
  positional: PositionalSpec | undefined,
): Word | undefined {
  if (positional?.kind !== "source") return words.peek();
  try {
    return words.peek();
  } catch {
    return undefined;
  }
}

function parseCalls(
  caller: CommandSpec,
  words: WordReader,
  now: number,
): Call[] {
  const calls: Call[] = [];
  while (words.peek() !== undefined || calls.length === 0) {
    const { args, options } = parseArguments(SUBMIT, words, now, caller);
    calls.push({ ...args, options } as unknown as Call);
    words.next();
  }
  return calls;
}

function parseOption(
  spec: CommandSpec,
  word: Word,
  words: WordReader,
  now: number,
  options: Fields,
): void {
  const equals = word.text.indexOf("=");
  const flag = equals < 0 ? word.text : word.text.slice(0, equals);
  const option = spec.options.find((option) => option.flag === flag);
  if (option === undefined) {
    const flags = spec.options.map((option) => option.flag);
    throw new LineError(
      `"${spec.name}" has no option ${flag}${didYouMean(flag, flags)}`,
      word,
    );
  }
  if (option.key in options) {
    throw new LineError(`${flag} is given twice`, word);
  }
  if (option.kind === "flag") {
    if (equals >= 0) throw new LineError(`${flag} takes no value`, word);
    options[option.key] = true;
    return;
  }
  options[option.key] = parseWord(
    option.kind,
    equals < 0 ? optionValue(option, words) : {
      text: word.text.slice(equals + 1),
      quoted: true,
      start: word.start + equals + 1,
      end: word.end,
    },
    now,
  );
}

function optionValue(option: OptionSpec, words: WordReader): Word {
  const word = words.peek();
  if (word === undefined || isSeparatorWord(word) || isOption(word)) {
    throw new LineError(
      `${option.flag} needs ${option.label}`,
      word ?? words.end(),
    );
  }
  words.next();
  return word;
}

function parseWord(kind: Kind, word: Word, now: number): unknown {
  if (kind === "source" || kind === "calls" || kind === "flag") {
    throw new TypeError(`Cannot parse one word as "${kind}"`);
  }
  return parseKind(kind, word, now);
}

/** Says what is missing; gives a variadic argument that is not there a list. */
function fillMissing(
  spec: CommandSpec,
  args: Fields,
  place: number,
  caller: CommandSpec,
  words: WordReader,
): void {
  for (const positional of spec.positionals.slice(place)) {
    if (positional.key in args) continue;
    if (!positional.optional) throw missing(caller, positional, words);
    if (positional.variadic) args[positional.key] = [];
  }
}

function required(
  spec: CommandSpec,
  positional: PositionalSpec,
  word: Word,
  words: WordReader,
): Word {
  if (word.text === "") throw missing(spec, positional, words);
  return word;
}

function missing(
  spec: CommandSpec,
  positional: PositionalSpec,
  words: WordReader,
): LineError {
  return new LineError(
    `"${spec.name}" needs ${positional.label}, as in: ${usageOf(spec)}`,
    words.end(),
  );
}

function surplus(spec: CommandSpec, word: Word): LineError {
  return new LineError(
    isSeparatorWord(word)
      ? `a ; separates only the calls of "gather"`
      : `"${word.text}" is one argument too many for: ${usageOf(spec)}`,
    word,
  );
}

function isOption(word: Word): boolean {
  return !word.quoted && /^--($|[a-z])/.test(word.text);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
