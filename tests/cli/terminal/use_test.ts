/** `use` on a real terminal, of a file that changes. */
import { KEYS, Terminal, terminalTest as test } from "../screen.ts";

test("Ctrl-C gives up a module that never ends loading, and use tries again", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/m.ts`;
  const write = (text: string) => Deno.writeTextFile(file, text);
  await using terminal = Terminal.open();
  try {
    await terminal.sees("> ");
    await write("await new Promise(() => {}); export const say = () => 1;");
    await terminal.type(`use ${file}${KEYS.enter}`);
    await terminal.sees("Ctrl-C leaves");
    await terminal.type(KEYS.ctrlC);
    await terminal.ask("submit say", `unknown task "say"`);
    await write("export const say = () => 1;");
    await terminal.ask(`use ${file} --watch`, "m: say()");
    await terminal.type("submit say");
    await write("export const say = (what) => what;");
    await terminal.sees("m (loaded again): say(what)");
    await terminal.ask(" twice", `→ "twice"`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
