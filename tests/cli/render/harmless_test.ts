/** What a task says can't act on the terminal, by whatever way it gets there. */
import { RUN } from "../../command_line.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { resultReply } from "../../../src/cli/commands/result.ts";
import { COMMANDS } from "../../../src/cli/commands/execute.ts";
import { notice, Output, render } from "../../../src/cli/render/reply.ts";
import { complete } from "../../../src/cli/terminal/completion.ts";
import { paint, type Style } from "../../../src/cli/text/style.ts";
import { deno } from "../../helpers.ts";
import { snapshot, tableReply } from "./samples.ts";

const COLORED: Style = { width: 80, color: true, now: 0 };

/** What an output has written. */
function written(write: (output: Output) => void): string {
  const parts: Uint8Array[] = [];
  write(
    new Output({
      writeSync(bytes) {
        parts.push(bytes.slice());
        return bytes.length;
      },
    }),
  );
  return new TextDecoder().decode(
    Uint8Array.from(parts.flatMap((p) => [...p])),
  );
}

Deno.test("Output shows what a terminal would act on, and lets our own paint through", () => {
  const text = `${paint("red", "red", COLORED)}\x1b[8m\x1b[2J\u202e\n`;
  assertEquals(
    written((output) => output.write(text)),
    "\x1b[31mred\x1b[39m\\x1b[8m\\x1b[2J\\u{202e}\n",
  );
});

Deno.test("Output writes bytes, and what moves the cursor, as they are", () => {
  const bytes = new TextEncoder().encode("\x1b[2J");
  assertEquals(
    written((output) => {
      output.write(bytes);
      output.control("\r\x1b[K");
    }),
    "\x1b[2J\r\x1b[K",
  );
});

Deno.test("Output shows a value that is not of the type that it claims", () => {
  const done = "\x1b[2J" as unknown as number;
  const rows = [{
    kind: "task" as const,
    depth: 0,
    task: snapshot({ progress: { done } }),
  }];
  const shown = written((output) =>
    output.write(render(tableReply(rows), COLORED))
  );
  assertStringIncludes(shown, "\\x1b[2J");
  assertEquals(shown.includes("\x1b[2J"), false);
});

Deno.test("complete offers no name that a terminal would act on", async () => {
  const { candidates } = await complete("submit ", {
    commands: COMMANDS,
    tasks: ["a", "b\x1b[2J", "c\u202e"],
    ids: [],
    paths: () => [],
  });
  assertEquals(candidates, [{ text: "a" }]);
});

Deno.test("a raw result is a text or bytes as they are, and no other reply is raw", () => {
  const raw = (value: unknown, raw?: boolean): unknown =>
    resultReply(snapshot(), value, raw).raw;
  const bytes = new Uint8Array([0, 27, 255]);
  assertEquals(raw(bytes, true), bytes);
  assertEquals(raw("\x1b", true), new Uint8Array([27]));
  assertEquals(raw("a"), undefined);
  assertEquals(notice("a").raw, undefined);
});

Deno.test("result --raw writes a text whole and as it is, and refuses what is neither", async () => {
  const { stdout, stderr } = await deno([...RUN, "cli.ts"], {
    stdin: `run "\\0".repeat(100) + "end"\nwait\nresult 1 --raw\n` +
      `run new Uint8Array([27, 91])\nwait\nresult 2 --raw\n` +
      `run [1]\nwait\nresult 3 --raw\n`,
  });
  assertStringIncludes(stdout, `${"\0".repeat(100)}end#2 `);
  assertStringIncludes(stdout, "\x1b[#3 ");
  assertStringIncludes(stderr, "#3 is neither text nor a Uint8Array");
});

Deno.test("a report shows what a terminal would act on", async () => {
  const module = JSON.stringify(import.meta.resolve("../../../mod.ts"));
  const { stderr } = await deno([
    "eval",
    `
    import { LoopController } from ${module};
    const loop = new LoopController();
    loop.submit(() => { throw new Error("\\x1b[2J"); });
    await loop.wait();
    await loop.close();
  `,
  ]);
  assertStringIncludes(stderr, "\\x1b[2J");
  assertEquals(stderr.includes("\x1b[2J"), false);
});
