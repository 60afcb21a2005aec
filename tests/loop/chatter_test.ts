import { assertEquals } from "@std/assert";
import { LOG_LINES } from "../../src/log_buffer.ts";
import { Chatter, type Reporter } from "../../src/loop/chatter.ts";
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

  due(): void {
    this.calls++;
  }
}

function line(text: string): LogEntry {
  return { at: 0, level: "log", text };
}

function reporter(id: TaskId, done: number): Reporter {
  return { id, report: { done } };
}

Deno.test("Chatter gives a task's lines in one message", () => {
  const host = new Host();
  const chatter = new Chatter(host);
  chatter.log(1, line("a"));
  chatter.log(2, line("b"));
  chatter.log(1, line("c"));
  assertEquals(host.calls, 3);
  assertEquals(chatter.take(), [
    { type: "log", id: 1, entries: [line("a"), line("c")], dropped: 0 },
    { type: "log", id: 2, entries: [line("b")], dropped: 0 },
  ]);
  assertEquals(chatter.take(), []);
});

Deno.test("Chatter holds lines back while nobody takes them in, bounded and counted", () => {
  const host = new Host();
  const chatter = new Chatter(host);
  host.behind = 1000;
  for (let n = 0; n < LOG_LINES + 5; n++) {
    chatter.log(1, line(`${n}`));
    assertEquals(chatter.take(), []);
  }
  assertEquals(host.clock.waiting, 1, "it looks again later");
  host.behind = 0;
  const calls = host.calls;
  host.clock.turn(1000);
  assertEquals(host.calls, calls + 1);
  const [message] = chatter.take();
  assertEquals(message?.type === "log" && message.dropped, 5);
  assertEquals(message?.type === "log" && message.entries.length, LOG_LINES);
});

Deno.test("Chatter merges reports, the last one of each task wins", () => {
  const host = new Host();
  const chatter = new Chatter(host);
  const first = reporter(1, 1);
  chatter.progressed(first);
  chatter.progressed(reporter(2, 7));
  first.report = { done: 2 };
  chatter.progressed(first);
  assertEquals(chatter.take(), [], "they are gathered for a while");
  host.clock.turn(1000);
  const [message, ...more] = chatter.take();
  assertEquals(message?.type === "progress" && message.ids, [1, 2]);
  assertEquals(message?.type === "progress" && message.done, [2, 7]);
  assertEquals(more, []);
});

Deno.test("Chatter holds reports back while nobody takes them in", () => {
  const host = new Host();
  const chatter = new Chatter(host);
  host.behind = 1000;
  chatter.progressed(reporter(1, 1));
  for (let n = 0; n < 10; n++) {
    host.clock.turn(1000);
    assertEquals(chatter.take(), []);
  }
  host.behind = 0;
  host.clock.turn(1000);
  assertEquals(chatter.take().length, 1);
});

Deno.test("Chatter gives what a task has said last though nobody takes it in", () => {
  const host = new Host();
  const chatter = new Chatter(host);
  host.behind = 1000;
  const task = reporter(1, 3);
  chatter.log(1, line("bye"));
  chatter.log(2, line("not yet"));
  chatter.progressed(task);
  assertEquals(
    chatter.lastWords(task).map(({ type }) => type),
    ["progress", "log"],
  );
  assertEquals(chatter.lastWords(task), []);
  host.behind = 0;
  assertEquals(chatter.take().length, 1);
});

Deno.test("Chatter goes on reporting after a task that reported has ended", () => {
  const host = new Host();
  const chatter = new Chatter(host);
  const first = reporter(1, 1);
  chatter.progressed(first);
  chatter.lastWords(first);
  chatter.progressed(reporter(2, 2));
  host.clock.turn(1000);
  assertEquals(chatter.take().length, 1);
  chatter.progressed(reporter(3, 3));
  host.clock.turn(1000);
  assertEquals(chatter.take().length, 1);
});
