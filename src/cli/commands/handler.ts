/**
 * What the function of a command is given, and what it answers.
 *
 * @module
 */
import type { CommandName, CommandOf } from "../language/grammar.ts";
import type { Span } from "../language/line_error.ts";
import type { Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";

/** What a command runs in. */
export interface CommandContext {
  readonly session: Session;
  /** Aborts when the user leaves the command, as with Ctrl-C in `wait`. */
  readonly signal: AbortSignal;
  /** The place where something that is missing should stand. */
  readonly endOfLine: Span;
}

/** A command's own function: yields each reply as it comes. */
export type Handler<N extends CommandName> = (
  command: CommandOf<N>,
  context: CommandContext,
) => Iterable<Reply> | AsyncIterable<Reply>;

/** A line that was typed or piped in. */
export interface Line {
  readonly text: string;
  /** Its number from 1, in a script. */
  readonly number?: number | undefined;
}
