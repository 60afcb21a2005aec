/** A prompt whose replies can be read as text. */
import type { LoopController } from "../../mod.ts";
import { execute } from "../../src/cli/commands/execute.ts";
import { render, type Reply } from "../../src/cli/render/reply.ts";
import { Session } from "../../src/cli/session/session.ts";

/** A module of tasks. */
export const TASKS = new URL("./tasks.ts", import.meta.url).href;

/** Runs lines in a session of its own. */
export class Prompt {
  readonly session: Session;
  /** What it has said unasked. */
  readonly told: string[] = [];
  readonly #leave = new AbortController();

  constructor(loop: LoopController) {
    this.session = new Session(loop);
    this.session.tell = (reply) => void this.told.push(textOf([reply]));
  }

  replies(line: string): AsyncGenerator<Reply> {
    return execute({ text: line }, this.session, this.#leave.signal);
  }

  /** The replies as text, without the times in it. */
  async says(line: string): Promise<string> {
    return textOf(await Array.fromAsync(this.replies(line)));
  }

  /** Types the lines, and reads only the replies to the last. */
  async saysAfter(...lines: string[]): Promise<string> {
    let said = "";
    for (const line of lines) said = await this.says(line);
    return said;
  }

  leave(): void {
    this.#leave.abort();
  }
}

function textOf(replies: readonly Reply[]): string {
  const style = { width: Infinity, color: false, now: Date.now() };
  return replies.map((reply) => render(reply, style)).join("").trimEnd()
    // A column is as wide as the longest time in it.
    .replaceAll(/ {2,}(?=\d+(\.\d+)?m?s\b)/g, "  ")
    .replaceAll(/\d+(\.\d+)?(ms|s)\b/g, "T")
    .replaceAll(/\d\d:\d\d:\d\d/g, "CLOCK");
}
