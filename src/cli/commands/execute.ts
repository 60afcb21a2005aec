/** A line → replies: what a terminal and a script have in common. */
import { type Line, LineError } from "../language/line.ts";
import { parseLine } from "../language/parser.ts";
import { errorReply, type Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";
import { COMMANDS } from "./list.ts";

/**
 * Runs a line. Nothing that a user can type makes it throw: what goes wrong is
 * the last reply, unless the command was left.
 */
export async function* execute(
  line: Line,
  session: Session,
  signal: AbortSignal,
): AsyncGenerator<Reply, void, void> {
  const end = line.text.trimEnd().length;
  try {
    if (line.malformed) throw new LineError("not UTF-8", line.malformed);
    const parsed = await parseLine(line.text, COMMANDS);
    if (parsed === undefined) return;
    yield* parsed.command.run(parsed, {
      session,
      signal,
      endOfLine: { start: end + 1, end: end + 2 },
      commands: COMMANDS,
    });
  } catch (error) {
    if (!signal.aborted) yield errorReply(error, line);
  }
}

/** What became of a line. The caller decides what `"quit"` does. */
export type LineResult = "done" | "failed" | "quit";

/** Runs lines in a session, and shows the replies. */
export class Shell {
  constructor(
    readonly session: Session,
    readonly show: (reply: Reply) => void,
  ) {}

  /** Runs a line. `signal` leaves the command, but ends no task. */
  async run(line: Line, signal: AbortSignal): Promise<LineResult> {
    let result: LineResult = "done";
    for await (const reply of execute(line, this.session, signal)) {
      this.show(reply);
      if (reply.kind === "error") result = "failed";
      if (reply.kind === "quit") result = "quit";
    }
    return result;
  }
}
