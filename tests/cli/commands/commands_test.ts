/** The commands on a real loop: a line → replies. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { execute } from "../../../src/cli/commands/commands.ts";
import { LineError } from "../../../src/cli/language/line_error.ts";
import { parseLine } from "../../../src/cli/language/parser.ts";
import { render } from "../../../src/cli/render/render.ts";
import type { Reply } from "../../../src/cli/render/reply.ts";
import { Session } from "../../../src/cli/session/session.ts";
import type { LoopController } from "../../../mod.ts";
import { Fifo } from "../../engine/fifo.ts";
import { openLoop } from "../../helpers.ts";
import { until } from "../../until.ts";

const TASKS = new URL("../tasks.ts", import.meta.url).href;

/** A session whose replies can be read as text. */
class Prompt {
  readonly session: Session;
  readonly #leave = new AbortController();

  constructor(loop: LoopController) {
    this.session = new Session(loop);
  }

  async *replies(line: string): AsyncGenerator<Reply> {
    const command = parseLine(line);
    if (command instanceof LineError) throw command;
    if (command === undefined) return;
    const { signal } = this.#leave;
    yield* execute(command, { text: line }, this.session, signal);
  }

  /** The replies as text, times of it left out. */
  async says(line: string): Promise<string> {
    const style = { width: Infinity, color: false, now: Date.now() };
    const replies = await Array.fromAsync(this.replies(line));
    return replies.map((reply) => render(reply, style)).join("").trimEnd()
      // A column is as wide as the longest time in it.
      .replaceAll(/ {2,}(?=\d+(\.\d+)?m?s\b)/g, "  ")
      .replaceAll(/\d+(\.\d+)?(ms|s)\b/g, "T")
      .replaceAll(/\d\d:\d\d:\d\d/g, "CLOCK");
  }

  /** Types the lines, and reads only the replies to the last. */
  async saysAfter(...lines: string[]): Promise<string> {
    let said = "";
    for (const line of lines) said = await this.says(line);
    return said;
  }

  leave(): void {
    this.#leave.abort();
  }
}

Deno.test("submit starts a built-in, and collect tells its outcome once", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("submit sleep 0 hi --name nap"),
    "#1 nap (sleep)",
  );
  assertEquals(await prompt.says("wait"), "#1 nap (sleep)  succeeded after T");
  assertEquals(await prompt.says("collect"), `#1 nap (sleep) T → "hi"`);
  assertEquals(await prompt.says("collect"), "nothing to collect");
  assertEquals(await prompt.says("poll"), "no tasks");
  assertEquals(await prompt.says("result 1"), "error: no task #1 here");
});

Deno.test("submit checks the arguments of a built-in before it starts", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const faults = {
    "submit sleep":
      `error: "sleep" needs SECONDS, as in: sleep SECONDS [VALUE]`,
    "submit sleep soon":
      `error: "soon" is not a duration; durations are 500ms, 3s, 2m, 1h, or seconds`,
    "submit sleep 1 2 3":
      `error: "3" is one argument too many for: sleep SECONDS [VALUE]`,
    "submit fetch nowhere":
      `error: "nowhere" is not a URL, such as http://127.0.0.1:8000/`,
    "submit slep 1": `error: unknown task "slep"; did you mean sleep?`,
    "submit xyzzy": `error: unknown task "xyzzy"; there are sleep, fetch`,
    "submit sleep 1 --backoff 1s": "error: --backoff needs --retry",
  };
  for (const [line, message] of Object.entries(faults)) {
    const said = await prompt.says(line);
    assertEquals(said, message.replaceAll(/\d+m?s\b/g, "T"), line);
  }
  assertEquals(loop.list(), []);
});

Deno.test("use lists the functions of a module, and submit passes them JSON", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says(`use ${TASKS}`),
    "tasks: big, boom, echo, failsCleanup, flaky, half, parent, pid, spin, stubborn, " +
      "throwValue, uncloneable",
  );
  assertEquals(
    await prompt.saysAfter(
      `submit echo 1 "a b" {"c": [true]} null`,
      "wait",
      "result 1",
    ),
    `[ 1, "a b", { c: [ true ] }, null ]`,
  );
});

Deno.test("use says why a module can't be loaded or has no task", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertMatch(
    await prompt.says("use ./nowhere.ts"),
    /^error: can't load \.\/nowhere\.ts: Module not found/,
  );
  const broken = "data:text/javascript,export%20function%20(";
  assertMatch(await prompt.says(`use ${broken}`), /^error: can't load data:/);
  const empty = "data:text/javascript,export%20const%20a=1";
  assertMatch(await prompt.says(`use ${empty}`), /exports no function$/);
  const throwing = "data:text/javascript,throw%20new%20Error(42)";
  assertMatch(await prompt.says(`use ${throwing}`), /: 42$/);
  const reaching = "data:text/javascript,nowhere.x";
  assertMatch(
    await prompt.says(`use ${reaching}`),
    /: ReferenceError: nowhere is not defined$/,
  );
});

Deno.test("submit asks which is meant where two modules export the name", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const module = "data:text/javascript,export%20const%20sleep=(a)=>a";
  await prompt.says(`use ${module}`);
  const label = prompt.session.modules.names()
    .find((name) => name.endsWith(".sleep") && name !== "builtin.sleep")
    ?.replace(".sleep", "");
  assertEquals(
    await prompt.says("submit sleep 1"),
    `error: "sleep" is in several modules: say builtin.sleep or ${label}.sleep`,
  );
  assertEquals(
    await prompt.saysAfter(
      `submit '${label}.sleep' 7`,
      "submit builtin.sleep 0 8",
      "wait",
      "collect",
    ),
    "#1 sleep T → 7\n#2 sleep T → 8",
  );
});

Deno.test("run evaluates an expression or statements in the loop", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "run --name sum 1 + 1 // a comment",
      "run {a: await Promise.resolve(task.id)}",
      "run for (let n = 0; n < 3; n++); return typeof task",
      "run nothing.here",
      "wait",
      "collect",
    ),
    `#1 sum (1 + 1 // a comment) T → 2
#2 {a: await Promise.resolve(task.id)} T → { a: 2 }
#3 for (let n = 0; n < 3; n++); return typeof task T → "object"
#4 nothing.here T failed: ReferenceError: nothing is not defined in the loop: ` +
      "an inline task sees only its arguments, the loop's globals and `task`; " +
      "pass nothing as an argument, or put the task into a module",
  );
});

Deno.test("run refuses what is no JavaScript, before it starts a task", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("run 1 +"),
    "error: SyntaxError: Unexpected end of the expression",
  );
  assertMatch(await prompt.says("run a b"), /^error: SyntaxError: /);
  assertMatch(await prompt.says("run })(("), /^error: SyntaxError: /);
  assertEquals(loop.list(), []);
});

Deno.test("gather starts a group whose members stay controllable alone", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("gather sleep 60 ; sleep 0 b --name quick"),
    "group-1: #1 sleep, #2 quick (sleep)",
  );
  await prompt.says("wait quick");
  assertEquals(
    await prompt.says("poll"),
    `
group-1  1 of 2 done
├ #1  sleep          running  T
└ #2  quick (sleep)  succeeded  T`.slice(1),
  );
  assertEquals(await prompt.says("cancel #1"), "#1 sleep  cancelled");
  assertEquals(
    await prompt.says("collect group-1"),
    `#1 sleep T cancelled\n#2 quick (sleep) T → "b"`,
  );
});

Deno.test("gather starts nothing if one of its calls is wrong", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("gather sleep 1 ; slep 2"),
    `error: unknown task "slep"; did you mean sleep?`,
  );
  assertEquals(loop.list(), []);
});

Deno.test("gather --on-failure cancel-rest cancels the others", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "gather --name g --on-failure cancel-rest sleep 60 ; sleep 60 --timeout 1ms",
      "wait",
      "collect 1",
    ),
    "#1 sleep T cancelled: task 2 of its group failed",
  );
});

Deno.test("cancel answers for each task what came of it", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit sleep 60",
    "submit sleep 0",
    "submit stubborn 500",
    "wait 2",
  );
  assertEquals(
    await prompt.says("cancel 1-3 --grace 10ms --reason 'no more'"),
    `
#1 sleep  cancelled
#2 sleep  had ended: succeeded
#3 stubborn  abandoned: it ignored its signal, and is still running`.slice(1),
  );
  assertMatch(
    await prompt.says("poll 3"),
    /^#3 {2}stubborn {2}abandoned +T {2}ignored its signal, still running$/,
  );
  assertEquals(await prompt.says("cancel all"), "nothing is running");
  assertEquals(
    await prompt.says("cancel"),
    `error: "cancel" needs IDS, or --queued`,
  );
});

Deno.test("cancel --queued spares what runs", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "concurrency 1",
      "submit sleep 60",
      "submit sleep 60 --priority 2",
      "submit sleep 60",
      "cancel --queued",
    ),
    "#2 sleep  cancelled\n#3 sleep  cancelled",
  );
  assertEquals(loop.list().map(({ done }) => done), [false, true, true]);
});

Deno.test("kill ends a task by force, and names those that went with it", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit stubborn 60000",
    "submit sleep 60",
    "submit sleep 60 --resubmit",
    "submit sleep 0",
    "wait 4",
  );
  assertEquals(
    await prompt.says("kill 4,1 --reason 'no more'"),
    `
#4 sleep  had ended: succeeded
#1 stubborn  killed
lost with it: #2 sleep
run again from the start: #3 sleep`.slice(1),
  );
  assertEquals(
    await prompt.says("collect"),
    `
#1 stubborn T cancelled: no more
#2 sleep T failed: LoopLostError: task 2 was running when its loop ended: it was ended to kill task 1
#4 sleep T → undefined`.slice(1),
  );
  assertEquals(await prompt.says("kill all"), "#3 sleep  killed");
  assertEquals(await prompt.says("kill all"), "nothing is running");
  assertEquals(await prompt.says("kill 9"), "error: no task #9 here");
});

Deno.test("kill of a task that never yields says that its thread goes on, and poll does so long", async () => {
  await using fifo = await Fifo.make();
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("submit sleep 0", "wait");
  const block = `Deno.readTextFileSync(${JSON.stringify(fifo.path)})`;
  await prompt.says(`run --name stuck ${block}`);
  await prompt.says("submit sleep 60");
  await fifo.arrival();
  await until(() => loop.health().state === "blocked");
  assertMatch(
    await prompt.says("ps 3"),
    /^#3 {2}sleep {2}queued\nloop blocked \d\.\d s, last started: #2 stuck .* or "kill 2"$/,
  );
  assertMatch(
    await prompt.says("kill 2"),
    /^#2 stuck .* {2}given up: its thread could not be stopped, and will use a core till it yields or loopctl exits\nlost with it: #3 sleep$/,
  );
  assertEquals(
    await prompt.saysAfter("submit sleep 0 b", "wait 4", "collect 4"),
    `#4 sleep T → "b"`,
  );
  const threads = /^1 thread could not be stopped, .*: #2 stuck .*$/m;
  assertMatch(await prompt.says("ps"), /^#2 {2}stuck .* abandoned +T/m);
  assertMatch(await prompt.saysAfter("collect", "ps"), threads);
  await fifo.open();
  await until(() => loop.list().every(({ abandoned }) => !abandoned));
  assertEquals(await prompt.saysAfter("collect", "ps"), "no tasks");
});

Deno.test("kill of an isolated task that never yields is certain, and harms no other", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit sleep 60",
    "submit spin 1e9 --isolate",
  );
  await until(() => loop.get(2)?.state === "running");
  assertEquals(await prompt.says("kill spin"), "#2 spin  killed");
  assertEquals(loop.get(1)?.done, false);
  assertEquals(loop.health().state, "turning");
});

Deno.test("concurrency tells the bound, moves it and lifts it", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter("submit sleep 60", "submit sleep 60", "concurrency"),
    "no bound: 2 running, 0 queued",
  );
  assertEquals(
    await prompt.saysAfter("concurrency 2", "submit sleep 60", "concurrency"),
    "2 at once: 2 running, 1 queued",
  );
  assertEquals(
    await prompt.says("concurrency none"),
    "no bound: 3 running, 0 queued",
  );
});

Deno.test("timeout and deadline move the limits of a task that runs", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says("submit sleep 60 --timeout 1h");
  assertEquals(
    await prompt.says("timeout 1 20"),
    "#1 sleep  timeout T · T left",
  );
  assertEquals(
    await prompt.says("deadline 1 30s"),
    "#1 sleep  timeout T · deadline CLOCK · T left",
  );
  await prompt.says("deadline sleep none");
  assertEquals(await prompt.says("timeout 1 none"), "#1 sleep  no limit");
  assertMatch(
    await prompt.saysAfter("timeout 1 0", "wait", "collect"),
    /^#1 sleep T timed out: task 1 ran for \d+ ms, its timeout is 0 ms$/,
  );
});

Deno.test("wait --any is over with the first, and --timeout with none", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("submit sleep 60", "submit sleep 0 --name quick");
  assertEquals(
    await prompt.says("wait --any"),
    "#2 quick (sleep)  succeeded after T",
  );
  assertEquals(await prompt.says("wait --timeout 10ms"), "not ended: #1");
  assertEquals(
    await prompt.says("wait quick"),
    "#2 quick (sleep)  succeeded after T",
  );
});

Deno.test("wait --first-failure is over with the first failure", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertMatch(
    await prompt.saysAfter(
      "submit sleep 60",
      "submit sleep 0 --name quick",
      "submit sleep 60 --timeout 300ms --name late",
      "wait --first-failure",
    ),
    /^#2 quick.*succeeded after T\n#3 late \(sleep\) {2}timed out after T/,
  );
});

Deno.test("wait that is left leaves the tasks as they are", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says("submit sleep 60");
  const waiting = Array.fromAsync(prompt.replies("wait"));
  prompt.leave();
  assertEquals(await waiting, []);
  assertEquals(loop.list()[0]?.done, false);
});

Deno.test("result says of a task without a value what it has instead", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit sleep 60",
    "submit throwValue 7",
    "wait 2",
  );
  assertEquals(
    await prompt.says("result 1"),
    "error: #1 is running, and has no result yet",
  );
  assertMatch(
    await prompt.says("result 2"),
    /^#2 throwValue T failed: .*\n {3}cause: 7\nerror: #2 has no result: failed$/,
  );
});

Deno.test("collect says what a task threw, or why its value can't be sent", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const said = await prompt.saysAfter(
    `use ${TASKS}`,
    "submit boom 'no good'",
    "submit uncloneable",
    "wait",
    "collect",
  );
  const [headline, place, cause, other] = said.split("\n");
  assertEquals(headline, "#1 boom T failed: TypeError: no good");
  assertMatch(place ?? "", /^ {3}at boom \(.*tests\/cli\/tasks\.ts:/);
  assertEquals(cause, "   cause: Error: why");
  assertMatch(other ?? "", /^#2 uncloneable T failed: .*can't be sent/);
});

Deno.test("collect leaves what runs, and says so of what was named", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("submit sleep 60", "submit sleep 0 b", "wait 2");
  assertEquals(
    await prompt.says("collect 1-2"),
    `#2 sleep T → "b"\nnot ended: #1`,
  );
  assertEquals(
    await prompt.says("collect"),
    "nothing has ended; 1 running or queued",
  );
});

Deno.test("poll shows progress, attempts, and children under their parent", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit flaky 3 --retry 5 --backoff 1ms",
    "submit parent",
    "wait flaky",
  );
  await until(() => loop.get("2.1")?.snapshot().progress !== undefined);
  assertMatch(
    await prompt.says("poll"),
    new RegExp(
      "^#1 +flaky +succeeded +T +attempt 3 of 5\n" +
        "#2 +parent +running +T\n" +
        "└ #2.1 +half +running +T +50% 5 of 10 pages",
    ),
  );
  assertEquals(await prompt.says("cancel 2.1"), "#2.1 half  cancelled");
  assertMatch(
    await prompt.saysAfter("wait 2", "collect 2"),
    /^#2 parent T cancelled/,
  );
});

Deno.test("logs shows what a task wrote, harmless for the terminal", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      `use ${TASKS}`,
      "submit flaky 2 --retry 2 --backoff 0",
      "logs flaky --follow",
    ),
    "CLOCK  warn   attempt 1\nCLOCK  warn   attempt 2",
  );
  await prompt.says("submit half");
  for await (const reply of prompt.replies("logs half --follow")) {
    assert(reply.type === "log");
    assertEquals(reply.entry.text.replaceAll("\x1b", "ESC"), "half wayESC[2J");
    break;
  }
  assertEquals(
    await prompt.says("logs half"),
    "CLOCK  log    half way\\x1b[2J",
  );
  assertEquals(
    await prompt.saysAfter("submit sleep 60", "logs 3"),
    "#3 has written nothing",
  );
});

Deno.test("logs without ID shows what was written outside of any task", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(await prompt.says("logs"), "the loop has written nothing");
  await prompt.says(
    "use data:text/javascript,console.log(%27at%20load%27);export%20const%20f=()=>1",
  );
  await until(() => loop.logs().length > 0);
  assertEquals(await prompt.says("logs"), "CLOCK  log    at load");
  assertEquals(await prompt.says("logs loop"), "CLOCK  log    at load");
  assertEquals(
    await prompt.says("logs --follow"),
    "error: --follow needs ID",
  );
  assertEquals(
    await prompt.saysAfter("submit sleep 60 --name loop", "logs loop"),
    "#1 has written nothing",
  );
});

Deno.test("ids that speak of no task, or of several, are refused", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    "submit sleep 60 --name nap",
    "submit sleep 60",
    "submit sleep 60",
  );
  const faults = {
    "cancel 7": "error: no task #7 here",
    "cancel 7-9": "error: no task from #7 to #9 here",
    "cancel npa": `error: no task is called "npa"; did you mean nap?`,
    "cancel 3d":
      `error: no task is called "3d"; ids are 3, #3, 1-4, 1,3, all, or a name`,
    "result sleep": "error: several tasks go by that name: say #2 or #3",
    "timeout sleep 1": "error: several tasks go by that name: say #2 or #3",
  };
  for (const [line, message] of Object.entries(faults)) {
    assertEquals(await prompt.says(line), message, line);
  }
});

Deno.test("help explains a command, an alias, a built-in, and guesses", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertMatch(await prompt.says("help ps"), /^poll \[IDS …\]\n.*also: ps/);
  assertMatch(await prompt.says("help sleep"), /^sleep SECONDS \[VALUE\]/);
  assertEquals(
    await prompt.says("help sumbit"),
    `error: no command "sumbit"; did you mean submit?`,
  );
});

Deno.test("a Session notes failures and limits, but not what was cancelled", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    "submit sleep 60",
    "cancel 1",
    "submit sleep 0",
    "wait",
  );
  assertEquals(prompt.session.failed, false);
  const failure = Promise.withResolvers<void>();
  prompt.session.onFailure = failure.resolve;
  await prompt.saysAfter("submit sleep 60 --timeout 1ms", "wait");
  await failure.promise;
  assertEquals(prompt.session.failed, true);
});
