/** Where bytes go that are not for the screen: a file, or a command of the shell. */
import { abortable } from "@std/async/abortable";
import type { Target, Word } from "../language/lexer.ts";
import { LineError, type Span } from "../language/line.ts";

/** Takes bytes until it is closed. */
export interface Sink {
  /** Aborts when the reader wants no more. */
  readonly signal: AbortSignal;
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Waits until everything has arrived.
   *
   * @throws {Error} It has not, or the command has failed.
   */
  close(): Promise<void>;
}

/** Leaves the terminal to a program that `use` runs there. */
export interface Lender {
  lend<T>(use: () => Promise<T>): Promise<T>;
}

/**
 * Opens what a line names.
 *
 * @throws {LineError} It can't be opened.
 */
export async function openSink(
  target: Target,
  screen: Lender | undefined,
  signal: AbortSignal,
): Promise<Sink> {
  switch (target.kind) {
    case "file":
      return await openFile(target.file, target.append);
    case "pipe":
      return await openPipe(
        target.command.text,
        target.command,
        screen,
        signal,
      );
    case "pager":
      return await openPipe(PAGER, { start: 0, end: 0 }, screen, signal);
  }
}

async function openFile(word: Word, append: boolean): Promise<Sink> {
  const path = word.text;
  const failed = (error: unknown): never => {
    const why = (error as Error).message.replace(/: \w+ '.*'$/s, "");
    throw new LineError(`can't write ${path}: ${why}`, word);
  };
  await need({ name: "write", path }, `> ${path}`, word);
  const options = { write: true, create: true, truncate: !append, append };
  const file = await Deno.open(path, options).catch(failed);
  return {
    signal: new AbortController().signal,
    // deno-lint-ignore require-await
    write: async (bytes) => {
      try {
        for (let at = 0; at < bytes.length;) {
          at += file.writeSync(bytes.subarray(at));
        }
      } catch (error) {
        failed(error);
      }
    },
    // deno-lint-ignore require-await
    close: async () => file.close(),
  };
}

/** As `git` and `man` choose a pager. */
const PAGER = `if [ -n "$PAGER" ]; then eval "$PAGER"
elif command -v less >/dev/null; then less -R
else more; fi`;

/**
 * With job control the command is alone in the foreground of the terminal: it
 * gets the keys, and Ctrl-C ends the command, not the programs that started
 * loopctl. The trap keeps the shell from following a command that Ctrl-C ended
 * before it has taken the foreground back.
 */
const ON_TERMINAL = ["-c", 'set -m; trap : INT; (eval "$1"); exit $?', "sh"];

async function openPipe(
  command: string,
  place: Span,
  screen: Lender | undefined,
  left: AbortSignal,
): Promise<Sink> {
  await need({ name: "run", command: "sh" }, "a pipe", place);
  const ended = new AbortController();
  const { promise: used, resolve: giveBack } = Promise.withResolvers<void>();
  const lent = screen?.lend(() => used);
  const back = (): Promise<void> | undefined => (giveBack(), lent);
  let child: Deno.ChildProcess;
  try {
    const args = [...screen ? ON_TERMINAL : ["-c"], command];
    child = new Deno.Command("sh", { args, stdin: "piped" }).spawn();
  } catch (error) {
    await back();
    throw error;
  }
  const status = child.status.finally(() => ended.abort());
  const writer = child.stdin.getWriter();
  // A reader that has gone is no error: its exit code says whether there is one.
  const gone = (): void => ended.abort();
  writer.closed.catch(gone);
  const over = AbortSignal.any([ended.signal, left]);
  return {
    signal: ended.signal,
    write: (bytes) => abortable(writer.write(bytes), over).catch(gone),
    close: async () => {
      writer.close().catch(gone);
      try {
        const { code, signal } = await abortable(status, left);
        await back();
        if (code === 0 || (screen && code === INTERRUPTED)) return;
        const how = signal === null ? `exited with ${code}` : `got ${signal}`;
        throw new Error(`the command after the | ${how}`);
      } finally {
        // On a terminal the command keeps the terminal until it ends by itself.
        if (left.aborted && screen === undefined) child.kill();
      }
    },
  };
}

/** How a shell says that Ctrl-C has ended a command. */
const INTERRUPTED = 130;

/** A question of Deno's own could not be answered while keys are read raw. */
async function need(
  permission: Deno.PermissionDescriptor,
  what: string,
  place: Span,
): Promise<void> {
  const { state } = await Deno.permissions.query(permission);
  if (state === "granted") return;
  throw new LineError(`${what} needs --allow-${permission.name}`, place);
}
