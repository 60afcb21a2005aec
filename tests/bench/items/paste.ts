/** A prompt on a terminal, into which a long line is pasted. */
import type { InsideItem } from "../item.ts";
import { deno, FOLDER, python } from "../programs.ts";
import { Cannot } from "../session.ts";

const LENGTH = 100_000;

/**
 * Runs the command on a terminal, pastes a line of that length and Enter, and
 * prints the milliseconds from then on to the outcome.
 */
const PASTE = `
import os, pty, select, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
os.set_blocking(terminal, False)
seen = b""
def until(expected, typed=b""):
    global seen
    while typed or expected not in seen:
        readable, writable, _ = select.select([terminal], [terminal] if typed else [], [])
        if readable:
            seen += os.read(terminal, 65536)
        if writable:
            typed = typed[os.write(terminal, typed):]
until(b"> ")
start = time.perf_counter()
until(b"succeeded", b"\\x1b[200~run '" + b"x" * ${LENGTH} + b"'.length\\x1b[201~\\r")
print((time.perf_counter() - start) * 1000)
`;

export const paste: InsideItem = {
  name: "paste",
  title: "paste: 100 kB into the prompt, to the outcome of that line",
  metrics: [{ key: "ms", unit: "ms", better: "less" }],
  contestants: ["loopctl"],
  async measure() {
    const [program, ...args] = python;
    if (program === undefined) throw new Cannot("no python3 for a terminal");
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args, "-c", PASTE, ...deno, "../../cli.ts", "--no-history"],
      cwd: FOLDER,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return { ms: Number(new TextDecoder().decode(stdout)) };
  },
};
