/** What the file of a command holds. */
import type { Span } from "../language/line.ts";
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
