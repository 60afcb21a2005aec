/** What tasks of a Worker write where the program has a terminal. */
import { assertEquals, assertStringIncludes } from "@std/assert";

const CLEAR = "\x1b[2J";

/** Every way to a terminal that ordinary code takes. */
function writes(clear: string): void {
  console.log(clear, "log");
  console.clear();
  console.time(clear);
  console.time(clear);
  console.countReset(clear);
  const { process } = globalThis as unknown as {
    process: typeof import("node:process");
  };
  process.stdout.write(`${clear} stdout\n`);
  process.stderr.write(`${clear} stderr\n`);
  process.emitWarning(`${clear} warning`);
  const debug = process as unknown as { _rawDebug(text: string): void };
  debug._rawDebug(`${clear} debug`);
  const { Console } = process.getBuiltinModule("node:console");
  new Console(process.stdout).log(clear, "Console");
  Deno.stdout.writeSync(new TextEncoder().encode(`${clear} Deno.stdout\n`));
}

const PROGRAM = `
  import { LoopController } from
    ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
  const loop = new LoopController();
  const handle = loop.submit(async (clear) => {
    (${writes})(clear);
    await new Promise((resolve) => setTimeout(resolve));
  }, [${JSON.stringify(CLEAR)}]);
  await handle;
  await loop.close();
  console.log(JSON.stringify(handle.logs().map(({ text }) => text)));
`;

/** Runs a program on a terminal; gives what is on the screen at its end. */
async function onTerminal(source: string): Promise<string> {
  const spawn = "import pty, sys; pty.spawn(sys.argv[1:])";
  const { stdout } = await new Deno.Command("python3", {
    args: ["-c", spawn, Deno.execPath(), "eval", source],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout);
}

async function hasPty(): Promise<boolean> {
  try {
    return (await onTerminal("console.log(1)")).includes("1");
  } catch {
    return false;
  }
}

Deno.test({
  name: "what tasks write is in their logs, and nothing of it on the terminal",
  ignore: !await hasPty(),
  fn: async () => {
    const screen = await onTerminal(PROGRAM);
    assertEquals(screen.includes("\x1b"), false, JSON.stringify(screen));
    for (const way of ["stdout", "stderr", "warning", "debug", "Console"]) {
      assertStringIncludes(
        screen,
        `${JSON.stringify(CLEAR).slice(1, -1)} ${way}`,
      );
    }
  },
});
