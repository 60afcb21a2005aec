/**
 * The prompt on a terminal: a line at a time, notices of tasks that end in
 * between, Ctrl-C and Ctrl-D.
 */
import { abortable } from "@std/async/abortable";
import { COMMANDS, type LineResult, Shell } from "../commands/execute.ts";
import { lostByQuitting, quitReply } from "../commands/quit.ts";
import type { Screen } from "../commands/command.ts";
import { fullScreen } from "./full_screen.ts";
import { complete, listText } from "./completion.ts";
import { commandStatus, endStatus, leftText } from "./status_line.ts";
import { formatDuration } from "../text/amounts.ts";
import { splitInputs } from "../language/inputs.ts";
import { formatId } from "../language/ids.ts";
import { textBefore } from "../language/line.ts";
import type { History } from "./history.ts";
import { Notices } from "./notices.ts";
import {
  errorReply,
  notice,
  type Output,
  type Place,
  render,
  type Reply,
} from "../render/reply.ts";
import { knownOf } from "./known.ts";
import { PromptLine } from "./prompt_line.ts";
import type { Session } from "../session/session.ts";
import { BUILTIN_MODULE } from "../session/builtins.ts";
import { paint, type Style } from "../text/style.ts";
import { displayWidth, fit } from "../text/width.ts";

export interface TerminalOptions {
  readonly session: Session;
  readonly output: Output;
  readonly json: boolean;
  readonly style: () => Style;
  readonly history: History;
}

/** A command that takes longer than this shows its status. */
const STATUS_DELAY_MS = 400;
const STATUS_INTERVAL_MS = 1000;

export class Terminal {
  readonly #options: TerminalOptions;
  readonly #line: PromptLine;
  readonly #shell: Shell;
  readonly #notices: Notices;
  /** Leaves the command that runs; undefined at the prompt. */
  #command: AbortController | undefined;
  /** Something was printed since the line that runs. */
  #answered = false;
  #stopped = false;
  /** The user did not wait for the tasks to end, so nothing about them is shown. */
  #killed = false;
  #quitAsked = false;
  #toldHowToLeave = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    const { session, output } = options;
    session.onDropped = (id) =>
      this.report(
        `the history is full: ${formatId(id)} is forgotten, and more of what ` +
          "was collected will be; --history N keeps more",
      );
    this.#line = new PromptLine({
      output,
      size: screenSize,
      history: options.history,
      complete: (typed) => complete(typed, knownOf(session)),
      list: ({ candidates }) =>
        listText(candidates, options.style(), screenSize().rows - 2),
      split: (text) => splitInputs(text, COMMANDS),
      onInterrupt: () => this.interrupt(),
    });
    const screen: Screen = {
      show: (view, signal) =>
        this.#line.lend(() => fullScreen(view, signal, output, options.style)),
      lend: (use) => this.#line.lend(use),
      clear: () => this.#line.clearScreen(),
    };
    this.#shell = new Shell(session, (reply) => this.#show(reply), screen);
    session.tell = (reply) => this.print(reply);
    this.#notices = new Notices(session, (reply) => this.print(reply));
  }

  /** Runs the lines before the first prompt, then those that are typed. */
  async run(first: readonly string[]): Promise<void> {
    try {
      await this.#prepare();
      for (const line of first) await this.#run(line);
      while (!this.#stopped) {
        const typed = await this.#line.next();
        if (this.#stopped) break;
        if (typed === "end" || await this.#run(typed.line) === "quit") {
          if (await this.#leave()) break;
        } else if (typed.line.trim() !== "") {
          this.#quitAsked = false;
        }
      }
    } finally {
      this.#notices[Symbol.dispose]();
      this.#line.close();
    }
  }

  /** Ctrl-C: leaves the command that runs, or clears the line. */
  interrupt(): void {
    if (this.#command !== undefined) {
      this.#line.forgetTyped();
      this.#command.abort();
      return;
    }
    this.#line.forgetTyped();
    if (!this.#toldHowToLeave) this.print(notice(`Ctrl-D or "quit" leaves`));
    this.#toldHowToLeave = true;
  }

  /** Whether another program, or a view, has the terminal. */
  get lent(): boolean {
    return this.#line.lent;
  }

  /** Ends the prompt at once, and gives the terminal back. */
  stop(): void {
    this.#stopped = true;
    this.#command?.abort();
    this.#line.close();
  }

  report(message: string): void {
    if (!this.#killed) this.print(notice(message));
  }

  /** Prints a reply above what is being typed. */
  print(reply: Reply): void {
    const { json, style } = this.#options;
    this.#line.print(reply.raw ?? render(reply, json ? "json" : style()));
  }

  /**
   * Loads the built-in tasks before the first command: Deno shows on the
   * terminal what it loads, and would draw over the prompt.
   */
  async #prepare(): Promise<void> {
    const { signal } = this.#begin();
    const { loop } = this.#options.session;
    try {
      await abortable(loop.exportsOf(BUILTIN_MODULE), signal);
    } catch (error) {
      if (!signal.aborted) this.print(errorReply(error, { text: "" }));
    } finally {
      this.#finish();
    }
  }

  async #run(text: string): Promise<LineResult> {
    const { signal } = this.#begin();
    const { session, style } = this.#options;
    const name = text.trim().split(/\s/, 1)[0] ?? "";
    const status = this.#showStatus((elapsed) =>
      commandStatus(name, elapsed, session, style().width - 1)
    );
    try {
      return await this.#shell.run({ text }, signal);
    } finally {
      status[Symbol.dispose]();
      if (signal.aborted && !this.#stopped) {
        this.print(notice(leftText(name)));
      }
      this.#finish();
    }
  }

  #begin(): AbortController {
    this.#notices.hold();
    this.#answered = false;
    return this.#command = new AbortController();
  }

  #finish(): void {
    this.#command = undefined;
    this.#notices.release();
  }

  /** Asks once if something would be lost. Returns whether to exit. */
  async #leave(): Promise<boolean> {
    const losses = lostByQuitting(this.#options.session);
    const { running, uncollected } = losses;
    const nothing = running.length + uncollected.length === 0;
    if (this.#line.inputEnded || nothing || this.#quitAsked) {
      await this.#end(running.length);
      return true;
    }
    this.#quitAsked = true;
    this.print(quitReply(losses));
    this.print(notice(`"quit" or Ctrl-D once more leaves all the same`));
    return false;
  }

  /** Closes the loop; Ctrl-C does not wait for its tasks. */
  async #end(running: number): Promise<void> {
    const { session } = this.#options;
    const { loop } = session;
    const { signal } = this.#begin();
    using _ = this.#showStatus((elapsed) => endStatus(running, elapsed));
    const hurried = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => hurried.resolve());
    const closed = session.endBatches()
      .then(() => loop.close({ cancel: running > 0 }));
    await Promise.race([closed, hurried.promise]);
    this.#killed = signal.aborted;
    if (this.#killed) loop.kill();
  }

  #show(reply: Reply): void {
    // `#leave` asks first.
    if (reply.kind === "quit") return;
    if (reply.place !== undefined && !this.#answered) {
      this.#pointAt(reply.place);
    }
    this.#answered = true;
    this.print(reply);
  }

  /** Puts a caret under the place in the line, which is the line just above. */
  #pointAt({ line, span }: Place): void {
    const { json, style } = this.#options;
    // A line of a file is not the one above.
    if (json || line.file !== undefined) return;
    const before = displayWidth(`> ${textBefore(line.text, span)}`);
    if (before >= style().width) return;
    const caret = paint("^", "red", style());
    this.#line.print(`${" ".repeat(before)}${caret}\n`);
  }

  /** Shows a status at the bottom, after a while, until disposed. */
  #showStatus(textAfter: (elapsed: string) => string): Disposable {
    const { style } = this.#options;
    const start = performance.now();
    const status = (): string => {
      const text = textAfter(formatDuration(performance.now() - start));
      return paint(fit(text, style().width - 1), "dim", style());
    };
    const draw = (): void => this.#line.status(status);
    let interval: ReturnType<typeof setInterval> | undefined;
    const timer = setTimeout(() => {
      draw();
      interval = setInterval(draw, STATUS_INTERVAL_MS);
    }, STATUS_DELAY_MS);
    return {
      [Symbol.dispose]: () => {
        clearTimeout(timer);
        clearInterval(interval);
        this.#line.status(undefined);
      },
    };
  }
}

/** A terminal that has gone has no size, and some say that they are 0 wide. */
function screenSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}
