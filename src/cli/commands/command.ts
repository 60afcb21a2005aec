/** What the file of a command holds. */
import type { Line, Span } from "../language/line.ts";
import type {
  Arguments,
  Commands,
  Described,
  Options,
  Parsed,
  Spec,
} from "../language/spec.ts";
import type { Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";
import type { Style } from "../text/style.ts";

/** A command: what it takes, how it is explained, and what it does. */
export interface Command extends Described {
  /**
   * Yields each reply as it comes, and prints nothing. An error that it throws
   * is shown as the last reply. A method, since only those may take the narrower
   * type of what their own arguments parse to.
   */
  run(parsed: Parsed, context: Context): Replies;
}

export type Replies = Iterable<Reply> | AsyncIterable<Reply>;

export interface Context {
  readonly session: Session;
  /** Aborts when the user leaves the command, with Ctrl-C for one. */
  readonly signal: AbortSignal;
  /** The place where something that is missing should stand. */
  readonly endOfLine: Span;
  readonly commands: Commands<Described>;
  /** Where there is one: a script has none. */
  readonly screen: Screen | undefined;
  /** How many files this line is in that "source" runs. */
  readonly depth: number;
  /** Runs a line of such a file. */
  readonly execute: (line: Line) => AsyncIterable<Reply>;
}

/**
 * The terminal in the hands of a command. Meanwhile nothing else is printed or
 * read there.
 */
export interface Screen {
  /**
   * Draws the view on the whole screen until a key leaves it or `signal` aborts.
   * Then the screen is as it was.
   */
  show(view: View, signal: AbortSignal): Promise<void>;
  /** Leaves the terminal to a program that `use` runs there. */
  lend<T>(use: () => Promise<T>): Promise<T>;
  clear(): void;
}

/** What is drawn on the whole screen, and what keys do there. */
export interface View {
  /** The lines from the top, each at most `style.width` wide. */
  lines(style: Style, rows: number): readonly string[];
  /**
   * A key was pressed: a character, or the name of a key, such as `up`. Returns
   * whether the view stays.
   */
  press(key: string): boolean;
}

/** Defines a command; its function is given what its arguments parse to. */
export function command<
  const A extends Arguments,
  const O extends Options,
>(
  definition: Described<A, O> & {
    run(parsed: Parsed<Spec<A, O>>, context: Context): Replies;
  },
): Command {
  return definition;
}
