/** Every example in a help text is a line that works. */
import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/cli/commands/execute.ts";
import { BUILTIN_TOPICS, loadTopics } from "../../../src/cli/commands/help.ts";
import { openLoop } from "../../helpers.ts";
import { Terminal, terminalTest } from "../screen.ts";
import { Prompt } from "../prompt.ts";

const TASKS = `
export const crawl = () => "crawled";
export const page = (url: string) => url;
export const resize = (file: string) => file;
`;

/** What needs a terminal is tried there. */
const ON_TERMINAL: ReadonlySet<string> = new Set(["watch", "!"]);

terminalTest("the examples in the help of watch and ! work", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  const calls = Array(90).fill("sleep 60").join(" ; ");
  await terminal.ask(`gather ${calls}`, " more\n");
  for (const name of ON_TERMINAL) {
    const { examples = [] } = (await COMMANDS.load(name))!;
    for (const example of examples) {
      await terminal.type(`${example}\r`);
      if (name === "watch") await terminal.until(() => terminal.alternate);
      await terminal.type(name === "watch" ? "q" : "");
      await terminal.until((lines) =>
        !terminal.alternate && lines.findLast((line) => line !== "") === "> "
      );
      const said = terminal.toString();
      assertEquals(/error|exit \d/.exec(said), null, said);
      await terminal.type("clear\r");
    }
  }
});

for (const topic of [...await loadTopics(COMMANDS), ...BUILTIN_TOPICS]) {
  const { name, examples = [] } = topic;
  if (ON_TERMINAL.has(name) || examples.length === 0) continue;
  Deno.test(`the examples in the help of ${name} work`, async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/tasks.ts`, TASKS);
    await Deno.writeTextFile(`${folder}/commands.txt`, "poll\n");
    await Deno.writeTextFile(`${folder}/urls.txt`, "a\nb\n");
    await using server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      () => Response.json({ status: 200 }),
    );
    // What waits for tasks, or is offered only those that have ended, is tried on
    // such.
    const ended = ["logs", "follow"].includes(name) ||
      Object.values(topic.args)
        .some(({ offers }) => offers?.includes("running") === false);
    for (const example of examples) {
      await using loop = openLoop();
      const prompt = new Prompt(loop);
      await prompt.says(`use ${folder}/tasks.ts`);
      const calls = Array(90).fill(`sleep ${ended ? 0 : 60}`);
      await prompt.says(`gather --name crawl ${calls.join(" ; ")}`);
      await prompt.says(`map sleep --name pages ::: ${ended ? 0 : 60}`);
      if (ended) await loop.wait();
      const line = example
        .replaceAll("127.0.0.1:8000", `127.0.0.1:${server.addr.port}`)
        .replaceAll("./", `${folder}/`)
        .replaceAll(/ (?=[a-z]+\.(svg|json|jsonl|txt)\b)/g, ` ${folder}/`)
        // Not every machine has it.
        .replace(/jq \.\w+/, "cat");
      const replies = await Array.fromAsync(prompt.replies(line));
      const errors = replies.filter(({ kind }) => kind === "error")
        .map((reply) => reply.json());
      assertEquals(errors, [], example);
      prompt.session.unwatch();
      await prompt.session.endBatches();
    }
    await Deno.remove(folder, { recursive: true });
  });
}
