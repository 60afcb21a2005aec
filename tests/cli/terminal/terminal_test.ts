/** The prompt on a real terminal. */
import { assertEquals, assertMatch } from "@std/assert";
import { existsSync } from "node:fs";
import { Fifo } from "../../engine/fifo.ts";
import { until } from "../../until.ts";
import { KEYS, Terminal, terminalTest as test } from "../screen.ts";

/** JavaScript that waits till the door is open. */
function reading({ path }: Fifo): string {
  return `await Deno.readTextFile("${path}") || "read"`;
}

test("a terminal has a prompt, answers, and ends with quit", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60 --name nap", "#1 nap (sleep 60)\n");
  await terminal.ask("cancel nap", "#1 nap (sleep 60)  cancelled\n");
  await terminal.type("quit\r");
  assertEquals((await terminal.ends()).code, 0);
});

test("a terminal says where a line is wrong, with a caret under the place", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  const said = await terminal.ask("submit slep 3", "did you mean sleep?\n");
  assertMatch(said, /\n {9}\^\nerror: unknown task "slep"; did you mean/);
});

test("a terminal tells of a task that ends, and keeps what is half typed", async () => {
  await using fifo = await Fifo.make();
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask(`run --name nap ${reading(fifo)}`, "#1 nap (");
  await terminal.type("resu");
  await terminal.sees("> resu");
  await fifo.open();
  await terminal.sees("#1 nap (");
  await terminal.sees("succeeded after");
  await terminal.sees("> resu");
  await terminal.type("lt nap\r");
  await terminal.sees("\nread\n");
});

test("Ctrl-C at a prompt clears the line, and says how to leave", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type(`sumbit all wrong${KEYS.ctrlC}`);
  await terminal.sees('Ctrl-D or "quit" leaves\n> ');
  assertEquals(await terminal.ask("poll", "no tasks\n"), "poll\nno tasks\n");
});

test("Ctrl-C in wait leaves the wait, not the tasks", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep 60\n");
  await terminal.ask("wait", "wait · 1 running");
  await terminal.type(KEYS.ctrlC);
  await terminal.sees("left wait; tasks go on\n> ");
  await terminal.ask("poll", "#1  sleep 60  running");
});

test("a terminal that waits for one task shows how far that is", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask(
    `run task.progress(3, 12, "pages"), await task.sleep(3600000)`,
    "#1 ",
  );
  await terminal.ask("wait", "wait · 1 running · 25% 3 of 12 pages · ");
});

test("a caret stands under the line only, not under what was said since", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("run throw new Error('no')", "failed after");
  const said = await terminal.ask("result 1", "has no result: failed\n");
  assertEquals(said.includes("^"), false, said);
  await terminal.ask("result 2", " ^\nerror: no task #2 here\n");
});

test("Ctrl-C in cancel leaves the waiting, and says that the request stands", async () => {
  await using terminal = Terminal.open({
    args: ["--grace=20s", "tests/cli/tasks.ts"],
  });
  await terminal.sees("> ");
  await terminal.ask("submit stubborn 3600000", "#1 stubborn 3600000\n");
  await terminal.ask("poll", "#1  stubborn 3600000  running");
  await terminal.ask("cancel 1", "cancel · 1 running");
  await terminal.type(KEYS.ctrlC);
  await terminal.sees("left cancel; the tasks have been asked to stop\n> ");
  await terminal.ask("poll", "#1  stubborn 3600000  cancelling");
  // Else it would outlive its terminal till the grace is over.
  await terminal.ask("quit", "once more");
  await terminal.ask("quit", "stopping 1 task");
  await terminal.type(KEYS.ctrlC);
  assertEquals((await terminal.ends()).code, 0);
});

test("what is typed while a command runs is the next line", async () => {
  await using fifo = await Fifo.make();
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask(`run --name nap ${reading(fifo)}`, "#1 nap (");
  await terminal.ask("wait", "wait · 1 running");
  await terminal.type("collect\rpol");
  await fifo.open();
  await terminal.sees("> collect\n#1 nap");
  await terminal.sees("> pol");
  await terminal.type("l\r");
  await terminal.sees("no tasks\n");
});

test("several lines that are pasted run one after the other", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type("submit sleep 0 a\rsubmit sleep 0 b\rwait\rresult 2\r");
  await terminal.sees("> result 2\nb\n");
});

test("Ctrl-D asks once if tasks are running, then ends them", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep 60\n");
  await terminal.type(KEYS.ctrlD);
  await terminal.sees("1 task is running: #1 sleep 60\n");
  await terminal.ask("poll", "running");
  await terminal.ask(
    "quit",
    '"quit" or Ctrl-D once more leaves all the same\n',
  );
  await terminal.type(KEYS.ctrlD);
  assertEquals((await terminal.ends()).code, 0);
});

test("Ctrl-D with nothing running leaves at once", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type(KEYS.ctrlD);
  assertEquals((await terminal.ends()).code, 0);
});

test("Ctrl-C while tasks are being ended does not wait for them", async () => {
  await using terminal = Terminal.open({
    args: ["--grace=1h", "tests/cli/tasks.ts"],
  });
  await terminal.sees("> ");
  await terminal.ask("submit stubborn 3600000", "#1 stubborn 3600000\n");
  await terminal.ask("poll", "#1  stubborn 3600000  running");
  await terminal.ask("quit", "once more");
  await terminal.ask("quit", "stopping 1 task");
  await terminal.type(KEYS.ctrlC);
  assertEquals((await terminal.ends()).code, 0);
});

test("Tab completes commands, tasks, and ids", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type("subm\t");
  await terminal.sees("submit ");
  await terminal.type("sle\t");
  await terminal.sees("sleep ");
  await terminal.type("60 --na\t");
  await terminal.sees("--name ");
  await terminal.type("nap\r");
  await terminal.sees("#1 nap (sleep 60)\n");
  await terminal.type("cancel n\t");
  await terminal.sees("cancel nap ");
  await terminal.type("\r");
  await terminal.sees("#1 nap (sleep 60)  cancelled\n");
});

test("the arrow up brings the last line back, also after Ctrl-D", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60 --name nap", "#1 nap (sleep 60)\n");
  await terminal.type(KEYS.ctrlD);
  await terminal.sees("once more");
  await terminal.type(`${KEYS.up}\r`);
  await terminal.sees("#2 nap (sleep 60)\n");
});

test("a task can't act on the terminal", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask(
    String.raw`run --name evil "\x1b]0;" + console.log("\x1b[2J") + "\x07"`,
    "succeeded after",
  );
  await terminal.ask("collect", "\\x1b]0;undefined\\x07");
  await terminal.type("quit\r");
  const { raw } = await terminal.ends();
  assertEquals(raw.includes("\x1b]0;"), false);
  assertEquals(raw.includes("\x1b[2J"), false);
});

test("--no-color leaves a terminal without colour", async () => {
  await using terminal = Terminal.open({ args: ["--no-color"] });
  await terminal.sees("> ");
  await terminal.ask("xyzzy", "error: unknown command");
  await terminal.type("quit\r");
  const { raw } = await terminal.ends();
  // deno-lint-ignore no-control-regex
  assertEquals(raw.match(/\x1b\[\d+m/), null);
});

test("SIGTERM ends the prompt, and leaves the terminal as it was", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask(
    `run new Deno.Command("kill", { args: ["-TERM", String(Deno.pid)] }).output()`,
    "#1",
  );
  const { code } = await terminal.ends();
  assertEquals(code, 143);
});

test("SIGINT and SIGTERM end the prompt though its loop is blocked", async () => {
  for (const [signal, code] of [["INT", 130], ["TERM", 143]] as const) {
    await using terminal = Terminal.open({
      args: ["--grace=50ms", "tests/cli/tasks.ts"],
    });
    await terminal.sees("> ");
    await terminal.ask(
      `run new Deno.Command("sh", { args: ["-c", ` +
        `"sleep 2; kill -${signal} $0", String(Deno.pid)] }).spawn() && 0`,
      "succeeded after",
    );
    await terminal.ask("submit spin 1e9", "#2 spin 1000000000\n");
    assertEquals((await terminal.ends()).code, code);
  }
});

test("a terminal that hangs up ends the prompt with 129, once its tasks have cleaned up", async () => {
  const folder = await Deno.makeTempDir();
  const source = `Deno.writeTextFileSync("${folder}/began", ""), ` +
    `await task.sleep(1e9).finally(async () => { ` +
    `await new Promise((resolve) => setTimeout(resolve, 100)); ` +
    `Deno.writeTextFileSync("${folder}/cleaned", "up"); })`;
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type(`run ${source}\r`);
  await until(() => existsSync(`${folder}/began`));
  await terminal.hangUp();
  assertEquals((await terminal.ends()).code, 129);
  assertEquals(await Deno.readTextFile(`${folder}/cleaned`), "up");
  await Deno.remove(folder, { recursive: true });
});

test("a terminal says while it waits that the loop is blocked, and by what", async () => {
  await using terminal = Terminal.open({ args: ["tests/cli/tasks.ts"] });
  await terminal.sees("> ");
  await terminal.ask("submit spin 0", "succeeded after");
  await terminal.ask("submit spin 1e9", "#2 spin 1000000000\n");
  await terminal.ask("wait", "loop blocked ");
  await terminal.sees("last started: #2");
  await terminal.type(KEYS.ctrlC);
  await terminal.sees("left wait; tasks go on\n> ");
  await terminal.ask("kill 2", "its thread could not be stopped");
  await terminal.sees("> ");
  await terminal.ask("submit sleep 0 b", "succeeded after");
  await terminal.ask("ps", "1 thread could not be stopped");
  await terminal.type("quit\r");
  assertEquals((await terminal.ends()).code, 0);
});
