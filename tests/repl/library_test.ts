/** The library in a real `deno repl`, asked without a single await. */
import { assertEquals, assertMatch } from "@std/assert";
import { IMPORT_MAP } from "../command_line.ts";
import { DenoChild } from "../helpers.ts";

class Repl extends DenoChild {
  constructor() {
    super(["repl", "-q", "-A", ...IMPORT_MAP]);
  }

  /** Types one line; returns what is echoed, which must be one line too. */
  async type(line: string): Promise<string> {
    await this.write(`${line}\n`);
    return await this.readLine();
  }
}

Deno.test("deno repl shows a handle's state and result without an await", async () => {
  await using repl = new Repl();
  await repl.type('import { LoopController } from "./mod.ts"');
  await repl.type("const loop = new LoopController()");
  await repl.type(
    "const held = loop.submit(function held() { return task.sleep(3600_000) })",
  );
  await repl.type(
    "const quick = loop.submit(function quick(n) { return n * 2 }, [21])",
  );

  while (await repl.type("quick.done") === "false");
  assertEquals(await repl.type("quick.state"), '"succeeded"');
  assertEquals(await repl.type("quick.result()"), "42");
  assertMatch(await repl.type("quick"), /quick.*succeeded/);

  assertEquals(await repl.type("held.done"), "false");
  assertMatch(await repl.type("loop"), /responsive, 1 running, 0 queued/);
  assertMatch(await repl.type("held"), /held.*running/);
  assertMatch(
    await repl.type("held.result()"),
    /^Uncaught InvalidStateError: .*running/,
  );
  // The stack of what was thrown comes after it.
  await repl.write("held.setTimeout(1); loop.waitSync([held]); held.state\n");
  while (await repl.readLine() !== '"cancelled"');

  const { code } = await repl.finish();
  assertEquals(code, 0);
});
