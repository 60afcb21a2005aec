import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RUN } from "../../command_line.ts";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";
import { KEYS, Terminal, terminalTest as test } from "../screen.ts";

const TASKS = "tests/cli/tasks.ts";

Deno.test("watch says without a terminal what would help", async () => {
  await using loop = openLoop();
  assertEquals(
    await new Prompt(loop).says("watch"),
    'error: "watch" needs a terminal; "poll" shows the same tasks once',
  );
});

/** The line of the screen that shows the task. */
function lineOf(lines: readonly string[], id: string): string {
  return lines.find((line) => line.includes(`${id} `)) ?? "";
}

for (const [columns, rows] of [[80, 24], [40, 12]] as const) {
  test(`watch shows tasks and takes keys on ${columns}×${rows}, and leaves the screen as it was`, async () => {
    await using terminal = Terminal.open({ columns, rows, args: [TASKS] });
    await terminal.sees("> ");
    await terminal.ask("submit half", "#1 half\n");
    await terminal.ask("submit sleep 60 --timeout 10m", "#2 sleep 60\n");
    await terminal.type("wat\t");
    await terminal.sees("watch ");
    const before = terminal.lines();
    await terminal.type(KEYS.enter);
    await terminal.until((lines) =>
      /› +#1 half +█████░/.test(lines.join("\n"))
    );
    assertEquals(terminal.alternate, true);
    assertMatch(terminal.lines()[1]!, /^2 running/);
    assertMatch(terminal.lines().at(-1)!, /^q leave {2}c cancel/);
    await terminal.type(`${KEYS.down}+`);
    await terminal.until("#2 sleep 60  timeout 10m30s");
    await terminal.type("-".repeat(21));
    await terminal.until("would be stopped at once");
    await terminal.type("l");
    await terminal.until("#2 sleep 60\nit has written nothing");
    await terminal.type("qc");
    const lines = await terminal.until("latest ends");
    assertMatch(lineOf(lines, "#2"), /^› +#2 sleep 60 +cancelled/);
    await terminal.type(`${KEYS.up}${KEYS.enter}`);
    await terminal.until("no result yet: running");
    await terminal.type("ql");
    await terminal.until("half way\\x1b[2J");
    await terminal.type("qq");
    await terminal.until(() => !terminal.alternate);
    const shown = before.filter((line) => line !== "").slice(-4);
    assertStringIncludes(terminal.lines().join("\n"), shown.join("\n"));
    await terminal.ask("poll 1", "#1  half");
  });
}

test("watch asks again before it kills, pauses the queue, filters and folds groups", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("concurrency 2", "2 at once");
  await terminal.ask(
    "gather sleep 60 ; sleep 61 ; sleep 62 ; sleep 63",
    "group-1: ",
  );
  await terminal.ask("watch", "▾ group-1");
  await terminal.until("0 of 4 done");
  await terminal.type("p");
  await terminal.until("2 tasks paused");
  await terminal.type(KEYS.enter);
  await terminal.until((lines) =>
    lines.some((line) => line.includes("› ▸ group-1")) &&
    !lineOf(lines, "#1")
  );
  await terminal.type(`${KEYS.enter}${KEYS.down}k`);
  await terminal.until("k again: kill #1");
  await terminal.type("/3");
  await terminal.until("/3▏");
  await terminal.type(KEYS.enter);
  await terminal.until((lines) =>
    lines[1]?.includes("/3 · 1 queued") === true && !lineOf(lines, "#4")
  );
  await terminal.type(`/nothing${KEYS.enter}`);
  await terminal.until('error: no task is called "nothing"');
  await terminal.type(KEYS.ctrlC);
  await terminal.until(() => !terminal.alternate);
  await terminal.ask("poll 3", "paused");
});

test("watch draws anew when the terminal's size changes", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep 60\n");
  await terminal.ask("watch", "q leave");
  await terminal.resize(40, 12);
  await terminal.until((lines) =>
    /^q leave {2}c cancel {2}k kill/.test(lines[11]!) &&
    lines[1] === "1 running" && lines[2]!.includes("#1 sleep")
  );
  await terminal.resize(100, 30);
  await terminal.until((lines) =>
    lines[29]!.endsWith("space folds") && lines[11] === ""
  );
});

test("watch paints nothing where NO_COLOR is set", async () => {
  await using terminal = Terminal.open({ env: { NO_COLOR: "1" } });
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep 60\n");
  await terminal.ask("watch", "q leave");
  await terminal.type("q");
  await terminal.until(() => !terminal.alternate);
  await terminal.ask("quit", "once more");
  await terminal.type(KEYS.ctrlD);
  const { raw } = await terminal.ends();
  // deno-lint-ignore no-control-regex
  assertEquals(raw.match(/\x1b\[\d+m/), null);
});

test("SIGTERM during watch gives the terminal back as it was", async () => {
  await using terminal = Terminal.open({ args: ["--grace=50ms"] });
  await terminal.sees("> ");
  const source = "task.sleep(1000).then(() => " +
    `new Deno.Command("kill", { args: ["-TERM", String(Deno.pid)] }).output())`;
  await terminal.ask(`run ${source}`, "#1 ");
  await terminal.ask("watch", "q leave");
  const { code, raw } = await terminal.ends();
  assertEquals([code, terminal.alternate], [143, false]);
  assertEquals(
    raw.lastIndexOf("\x1b[?25h") > raw.lastIndexOf("\x1b[?25l"),
    true,
  );
});

test("Ctrl-Z during watch gives the terminal back, and fg brings the view again", async () => {
  await using terminal = Terminal.open({
    command: ["bash", "--norc", "--noprofile", "-i"],
  });
  await terminal.type(`${[Deno.execPath(), ...RUN, "cli.ts"].join(" ")}\r`);
  await terminal.sees("lists the commands\n");
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep 60\n");
  await terminal.ask("watch", "q leave");
  await terminal.type(KEYS.ctrlZ);
  await terminal.sees("Stopped");
  assertEquals(terminal.alternate, false);
  await terminal.type("stty -a | grep -o ' -*icanon' | tr a-z A-Z; fg\r");
  await terminal.sees(" ICANON\n");
  await terminal.sees("q leave");
  assertEquals(terminal.alternate, true);
  await terminal.type("q");
  await terminal.until(() => !terminal.alternate);
});

test("a terminal that goes away during watch ends the prompt with 129", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep 60\n");
  await terminal.ask("watch", "q leave");
  await terminal.hangUp();
  assertEquals((await terminal.ends()).code, 129);
});
