import { assertEquals } from "@std/assert";
import { MAX_LOG_LINES } from "../../src/log_buffer.ts";
import { Details } from "../../src/loop/loop_task.ts";
import { type Reporter, TaskOutput } from "../../src/loop/task_output.ts";
import type { LogEntry, TaskId } from "../../src/task.ts";
import { Timers } from "../../src/timers.ts";
import { HandClock } from "../hand_clock.ts";

class Host {
  readonly clock: HandClock = new HandClock();
  readonly timers: Timers = new Timers(this.clock);
  behind = 0;
  calls = 0;

  backlog(): number {
    return this.behind;
  }

  onDue(): void {
    this.calls++;
  }
}

function line(text: string): LogEntry {
  return { at: 0, level: "log", text };
}

function reporter(id: TaskId, done: number): Reporter {
  const details = Object.assign(new Details(), { report: { done } });
  return { id, details };
}

Deno.test("TaskOutput gives a task's lines in one message", () => {
  const host = new Host();
  const output = new TaskOutput(host);
  output.log(1, line("a"));
  output.log(2, line("b"));
  output.log(1, line("c"));
  assertEquals(host.calls, 3);
  assertEquals(output.take(), [
    { type: "log", id: 1, entries: [line("a"), line("c")], dropped: 0 },
    { type: "log", id: 2, entries: [line("b")], dropped: 0 },
  ]);
  assertEquals(output.take(), []);
});

Deno.test("TaskOutput holds lines back while nobody takes them in, bounded and counted", () => {
  const host = new Host();
  const output = new TaskOutput(host);
  host.behind = 1000;
  for (let n = 0; n < MAX_LOG_LINES + 5; n++) {
    output.log(1, line(`${n}`));
    assertEquals(output.take(), []);
  }
  assertEquals(host.clock.waiting, 1, "it looks again later");
  host.behind = 0;
  const calls = host.calls;
  host.clock.turn(1000);
  assertEquals(host.calls, calls + 1);
  const [message] = output.take();
  assertEquals(message?.type === "log" && message.dropped, 5);
  assertEquals(
    message?.type === "log" && message.entries.length,
    MAX_LOG_LINES,
  );
});

Deno.test("TaskOutput merges reports, the last one of each task wins", () => {
  const host = new Host();
  const output = new TaskOutput(host);
  const first = reporter(1, 1);
  output.progressed(first);
  output.progressed(reporter(2, 7));
  first.details!.report = { done: 2 };
  output.progressed(first);
  assertEquals(output.take(), [], "they are gathered for a while");
  host.clock.turn(1000);
  const [message, ...more] = output.take();
  assertEquals(message?.type === "progress" && message.ids, [1, 2]);
  assertEquals(message?.type === "progress" && message.done, [2, 7]);
  assertEquals(more, []);
});

Deno.test("TaskOutput holds reports back while nobody takes them in", () => {
  const host = new Host();
  const output = new TaskOutput(host);
  host.behind = 1000;
  output.progressed(reporter(1, 1));
  for (let n = 0; n < 10; n++) {
    host.clock.turn(1000);
    assertEquals(output.take(), []);
  }
  host.behind = 0;
  host.clock.turn(1000);
  assertEquals(output.take().length, 1);
});

Deno.test("TaskOutput gives what a task has said last though nobody takes it in", () => {
  const host = new Host();
  const output = new TaskOutput(host);
  host.behind = 1000;
  const task = reporter(1, 3);
  output.log(1, line("bye"));
  output.log(2, line("not yet"));
  output.progressed(task);
  assertEquals(
    output.takeOf(task).map(({ type }) => type),
    ["progress", "log"],
  );
  assertEquals(output.takeOf(task), []);
  host.behind = 0;
  assertEquals(output.take().length, 1);
});

Deno.test("TaskOutput goes on reporting after a task that reported has ended", () => {
  const host = new Host();
  const output = new TaskOutput(host);
  const first = reporter(1, 1);
  output.progressed(first);
  output.takeOf(first);
  output.progressed(reporter(2, 2));
  host.clock.turn(1000);
  assertEquals(output.take().length, 1);
  output.progressed(reporter(3, 3));
  host.clock.turn(1000);
  assertEquals(output.take().length, 1);
});
