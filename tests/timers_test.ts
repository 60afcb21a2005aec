import { assertEquals, fail } from "@std/assert";
import fc from "fast-check";
import { Timer, Timers } from "../src/timers.ts";
import { HandClock } from "./hand_clock.ts";

class Note extends Timer {
  constructor(readonly name: string, readonly fired: string[]) {
    super();
  }

  override fire(): void {
    this.fired.push(this.name);
  }
}

class Call extends Timer {
  constructor(readonly call: () => void) {
    super();
  }

  override fire(): void {
    this.call();
  }
}

Deno.test("Timers fire in the order in which they are due", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  timers.start(new Note("c", fired), 30);
  timers.start(new Note("a", fired), 10);
  timers.start(new Note("b", fired), 20);
  clock.turn(15);
  assertEquals(fired, ["a"]);
  clock.turn(15);
  assertEquals(fired, ["a", "b", "c"]);
});

Deno.test("Timers that are due together fire in the order of their start", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  for (const name of ["a", "b", "c"]) timers.start(new Note(name, fired), 5);
  clock.turn(5);
  assertEquals(fired, ["a", "b", "c"]);
});

Deno.test("Timers share one timer of the runtime", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  for (let n = 0; n < 1000; n++) timers.start(new Note("", []), 10 + n % 3);
  assertEquals(clock.waiting, 1);
  assertEquals(clock.armed, 1);
  timers.start(new Note("", []), 5);
  assertEquals(clock.waiting, 1, "the sooner one takes its place");
});

Deno.test("Timers start one that waits anew, and lose none beside it", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  const moved = new Note("moved", fired);
  timers.start(moved, 10);
  timers.start(new Note("first", fired), 10);
  timers.start(new Note("second", fired), 20);
  timers.start(moved, 20);
  clock.turn(20);
  assertEquals(fired, ["first", "second", "moved"]);
});

Deno.test("Timers go on after one that throws, whose error is reported", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  const reported: string[] = [];
  const report = (event: ErrorEvent): void => {
    event.preventDefault();
    reported.push(event.message);
  };
  timers.start(new Call(() => fail("broken")), 10);
  timers.start(new Note("beside", fired), 10);
  timers.start(new Note("later", fired), 20);
  addEventListener("error", report);
  clock.turn(20);
  removeEventListener("error", report);
  assertEquals(fired, ["beside", "later"]);
  assertEquals(reported, ["Uncaught AssertionError: Failed assertion: broken"]);
});

Deno.test("Timers never fire early, on a clock with fractions", () => {
  const clock = new HandClock(0.7);
  const timers = new Timers(clock);
  let at = 0;
  timers.start(new Call(() => at = clock.now()), 10);
  clock.turn(100);
  assertEquals(at >= 10.7, true, `fired at ${at}`);
});

Deno.test("Timers.start fires a delay below zero as soon as it can", () => {
  const clock = new HandClock(100);
  const timers = new Timers(clock);
  const fired: string[] = [];
  timers.start(new Note("a", fired), -50);
  assertEquals(fired, [], "never while it is started");
  clock.turn(0);
  assertEquals(fired, ["a"]);
});

Deno.test("Timers.start takes NaN for no delay, as setTimeout does", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  timers.start(new Note("late", fired), 10);
  timers.start(new Note("NaN", fired), NaN);
  clock.turn(1);
  assertEquals(fired, ["NaN"]);
  clock.turn(10);
  assertEquals(fired, ["NaN", "late"]);
});

Deno.test("Timers.start with Infinity never fires and can be stopped", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const timer = new Note("a", []);
  timers.start(timer, Infinity);
  assertEquals(clock.waiting, 0);
  timers.stop(timer);
});

Deno.test("Timers re-arm for delays beyond what setTimeout takes", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  const year = 365 * 24 * 3600 * 1000;
  timers.start(new Note("a", fired), year);
  clock.turn(2 ** 31);
  assertEquals(fired, []);
  assertEquals(clock.waiting, 1, "armed again");
  clock.turn(year);
  assertEquals(fired, ["a"]);
});

Deno.test("Timers.stop keeps a timer from firing, and is idempotent", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  const a = new Note("a", fired);
  const b = new Note("b", fired);
  timers.start(a, 5);
  timers.start(b, 5);
  timers.stop(a);
  timers.stop(a);
  clock.turn(10);
  assertEquals(fired, ["b"]);
  timers.stop(b);
});

Deno.test("Timers leave nothing armed once all have been stopped", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const all = Array.from({ length: 300 }, () => new Note("", []));
  for (const [n, timer] of all.entries()) timers.start(timer, n);
  for (const timer of all) timers.stop(timer);
  assertEquals(clock.waiting, 0);
});

Deno.test("Timers fire one that was started and one that was stopped by another", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  const victim = new Note("victim", fired);
  timers.start(
    new Call(() => {
      timers.stop(victim);
      timers.start(new Note("child", fired), 0);
    }),
    5,
  );
  timers.start(victim, 5);
  clock.turn(5);
  assertEquals(fired, ["child"]);
});

Deno.test("Timers.runDue fires what a blocked thread has missed", () => {
  const clock = new HandClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  timers.start(new Note("a", fired), 10);
  timers.start(new Note("b", fired), 500);
  clock.jump(100);
  assertEquals(fired, []);
  timers.runDue();
  assertEquals(fired, ["a"]);
  assertEquals(clock.waiting, 1, "armed for the other one");
  clock.turn(400);
  assertEquals(fired, ["a", "b"]);
});

/** What a plain list of due times says should have fired. */
Deno.test("Timers do as a plain list does, whatever is started, stopped and turned", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("start" as const), ms: fc.nat(200) }),
    fc.record({ do: fc.constant("stop" as const), which: fc.nat(30) }),
    fc.record({ do: fc.constant("turn" as const), ms: fc.nat(60) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const clock = new HandClock();
      const timers = new Timers(clock);
      const fired: string[] = [];
      const expected: string[] = [];
      const started: Note[] = [];
      let list: { note: Note; due: number }[] = [];
      for (const one of steps) {
        if (one.do === "start") {
          const note = new Note(String(started.length), fired);
          started.push(note);
          list.push({ note, due: clock.now() + one.ms });
          timers.start(note, one.ms);
        } else if (one.do === "stop") {
          const note = started[one.which];
          if (note === undefined) continue;
          timers.stop(note);
          list = list.filter((entry) => entry.note !== note);
        } else {
          clock.turn(one.ms);
          list.filter(({ due }) => due <= clock.now())
            .sort((a, b) => a.due - b.due)
            .forEach(({ note }) => expected.push(note.name));
          list = list.filter(({ due }) => due > clock.now());
        }
        assertEquals(fired, expected);
        assertEquals(clock.waiting, list.length > 0 ? 1 : 0);
      }
    }),
    { numRuns: 500 },
  );
});
