/** What tasks of a Worker write where the program has a terminal. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Terminal, terminalTest } from "../cli/screen.ts";

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

terminalTest(
  "what tasks write is in their logs, and nothing of it on the terminal",
  async () => {
    await using terminal = Terminal.open({
      command: [Deno.execPath(), "eval", PROGRAM],
      env: { NO_COLOR: "1" },
    });
    const { raw } = await terminal.ends();
    assertEquals(raw.includes(CLEAR), false, JSON.stringify(raw));
    for (const way of ["stdout", "stderr", "warning", "debug", "Console"]) {
      assertStringIncludes(raw, `${JSON.stringify(CLEAR).slice(1, -1)} ${way}`);
    }
  },
);
