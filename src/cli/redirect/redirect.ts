/** Sends the replies of a command into a file, or to a command of the shell. */
import type { Target } from "../language/lexer.ts";
import type { Line } from "../language/line.ts";
import { bytesOf, errorReply, type Reply } from "../render/reply.ts";
import { type Lender, openSink } from "./sink.ts";

export interface RedirectOptions {
  readonly line: Line;
  readonly screen: Lender | undefined;
  /** Aborts when the user leaves the command. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command with its answers sent to the target. Yields the other replies,
 * which are for the screen. The command is asked for a reply when the last one
 * was written, and is left when the reader wants no more.
 */
export async function* redirect(
  run: (signal: AbortSignal) => Iterable<Reply> | AsyncIterable<Reply>,
  target: Target,
  { line, screen, signal }: RedirectOptions,
): AsyncGenerator<Reply, void, void> {
  // As in a shell, a target that can't be opened leaves the command undone.
  const sink = await openSink(target, screen, signal);
  const enough = AbortSignal.any([signal, sink.signal]);
  try {
    for await (const reply of run(enough)) {
      if (reply.kind !== undefined) yield reply;
      else await sink.write(bytesOf(reply, target.kind === "pager"));
      if (enough.aborted) break;
    }
  } catch (error) {
    if (!enough.aborted) yield errorReply(error, line);
  }
  try {
    await sink.close();
  } catch (error) {
    // What the command has written stands between the line and this.
    if (!signal.aborted) yield { ...errorReply(error, line), place: undefined };
  }
}
