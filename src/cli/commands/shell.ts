/**
 * Read, parse, run, show: what a terminal and a script have in common.
 *
 * @module
 */
import { execute, faultOf } from "./commands.ts";
import type { Line } from "./handler.ts";
import { LineError } from "../language/line_error.ts";
import { parseLine } from "../language/parser.ts";
import type { Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";

/** What became of a line; `quit` leaves it to the caller what to do. */
export type Verdict = "fine" | "wrong" | "quit";

/** Runs lines, one after the other. */
export class Shell {
  readonly session: Session;
  readonly show: (reply: Reply) => void;

  constructor(session: Session, show: (reply: Reply) => void) {
    this.session = session;
    this.show = show;
  }

  /** Runs a line. `signal` leaves the command, but ends no task. */
  async run(line: Line, signal: AbortSignal): Promise<Verdict> {
    const command = parseLine(line.text);
    if (command === undefined) return "fine";
    if (command instanceof LineError) {
      this.show(faultOf(command, line));
      return "wrong";
    }
    let verdict: Verdict = "fine";
    for await (const reply of execute(command, line, this.session, signal)) {
      this.show(reply);
      if (reply.type === "error") verdict = "wrong";
      if (reply.type === "quit") verdict = "quit";
    }
    return verdict;
  }
}
