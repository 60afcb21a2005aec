import { assert, assertEquals, assertThrows } from "@std/assert";
import { TimeoutError } from "../../../mod.ts";
import { PATIENCE_MS } from "../../patience.ts";
import { until } from "../../until.ts";
import type { Suite } from "./suite.ts";

declare const task: typeof import("../../../src/task_api.ts").task;

/** Holds this thread up, so that nothing comes by itself. */
function blockUntil(condition: () => boolean): void {
  const end = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never: ${condition}`);
  }
}

export const watching: Suite = {
  name: "watching",
  cases: {
    "a state is fresh though this thread never yields": async (loop) => {
      const handle = loop.submit(() => "done");
      assert(!handle.done);
      blockUntil(() => handle.done);
      assertEquals(handle.result(), "done");
      await handle;
    },

    "resultSync blocks this thread, and gives up in its time": (loop) => {
      const quick = loop.submit(async () => {
        await task.sleep(1);
        return "quick";
      });
      const slow = loop.submit(() => task.sleep(Infinity));
      assertEquals(quick.resultSync(), "quick");
      assertThrows(() => slow.resultSync(1), TimeoutError, "it goes on");
      assertEquals(slow.state, "running");
      return slow.cancel().then();
    },

    "waitSync tells those that have ended": async (loop) => {
      const quick = loop.submit(() => 1);
      const slow = loop.submit(() => task.sleep(Infinity));
      const { done, notDone } = loop.waitSync([quick, slow], { until: "any" });
      assertEquals([done, notDone], [[quick], [slow]]);
      await slow.cancel();
    },

    "progress shows while a task runs, and its last word stays": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        task.progress(1, 4, "begun");
        await task.sleep(Infinity).catch(() => {});
        task.progress(4, 4, "done");
      });
      await until(() => handle.snapshot().progress !== undefined);
      const { done, total, note } = handle.snapshot().progress!;
      assertEquals([done, total, note], [1, 4, "begun"]);
      assertEquals(await handle.cancel(), "finished");
      assertEquals(handle.snapshot().progress?.note, "done");
    },

    "what a task writes is in its log, by level, and no other's": async (
      loop,
    ) => {
      const write = async (text: string) => {
        console.log("%s %o", text, { a: 1 });
        await task.sleep(1);
        console.error(text);
        Deno.stdout.writeSync(new TextEncoder().encode(`raw ${text}\n`));
      };
      const handles = ["x", "y"].map((text) => loop.submit(write, [text]));
      await loop.wait(handles);
      assertEquals(
        handles.map((one) =>
          one.logs().map(({ level, text }) => [level, text])
        ),
        ["x", "y"].map((text) => [
          ["log", `${text} { a: 1 }`],
          ["error", text],
          ["log", `raw ${text}`],
        ]),
      );
    },

    "a log is followed till its task ends": async (loop) => {
      const handle = loop.submit(async () => {
        for (let line = 1; line <= 3; line++) {
          console.log(line);
          await task.sleep(1);
        }
      });
      const lines: string[] = [];
      for await (const { text } of handle.followLogs()) lines.push(text);
      assertEquals(lines, ["1", "2", "3"]);
      assert(handle.done);
    },

    "tasks begin in the order in which they were submitted": async (loop) => {
      const next = () => {
        const counter = globalThis as { begun?: number };
        return counter.begun = (counter.begun ?? 0) + 1;
      };
      const handles = Array.from({ length: 500 }, (_, n) =>
        // One with an object crosses in a message of its own.
        loop.submit(next, n % 3 === 0 ? [{ n }] as never : []));
      const order = await Promise.all(handles);
      assertEquals(order, order.toSorted((a, b) => a - b));
    },

    "a task's log and progress are there when its outcome is": async (loop) => {
      for (let n = 0; n < 50; n++) {
        const handle = loop.submit(async (n: number) => {
          console.log(n);
          task.progress(n);
          if (n % 2 === 0) await task.sleep(0);
          return n % 5 === 0 ? { n } : n;
        }, [n]);
        await handle;
        const { progress } = handle.snapshot();
        assertEquals([handle.logs()[0]?.text, progress?.done], [`${n}`, n]);
      }
    },

    "many tasks settle once each, with their own values": async (loop) => {
      const handles = Array.from(
        { length: 5000 },
        (_, n) =>
          loop.submit((n: number) => {
            if (n % 7 === 0) throw new Error(`${n}`);
            return n % 3 === 0 ? { n } : n;
          }, [n]),
      );
      let completed = 0;
      for await (const handle of loop.asCompleted(handles)) {
        assert(handle.done);
        completed++;
      }
      assertEquals(completed, handles.length);
      for (const [n, handle] of handles.entries()) {
        const outcome = handle.peek()!;
        if (outcome.state === "failed") {
          assertEquals([n % 7, outcome.error.message], [0, `${n}`]);
        } else {
          assert(outcome.state === "succeeded");
          assertEquals(outcome.value, n % 3 === 0 ? { n } : n);
        }
      }
      assertEquals(loop.collect().length > 0, true);
    },
  },
};
