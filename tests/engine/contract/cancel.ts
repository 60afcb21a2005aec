import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { CancelledError, type TaskHandle, TimeoutError } from "../../../mod.ts";
import { until } from "../../until.ts";
import type { Suite } from "./suite.ts";

declare const task: typeof import("../../../src/task_api.ts").task;

function running(handle: TaskHandle): Promise<void> {
  return until(() => handle.state === "running");
}

export const cancel: Suite = {
  name: "cancel and limits",
  cases: {
    "a sleeping task is cancelled, with the reason given": async (loop) => {
      const handle = loop.submit(() => task.sleep(Infinity));
      await running(handle);
      assertEquals(await handle.cancel("enough"), "cancelled");
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled" && outcome.confirmed);
      assertInstanceOf(outcome.reason, CancelledError);
      assertEquals(outcome.reason.message, "enough");
    },

    "a task that returns all the same has finished": async (loop) => {
      const handle = loop.submit(async () => {
        await task.sleep(Infinity).catch(() => {});
        return "kept";
      });
      await running(handle);
      assertEquals(await handle.cancel(), "finished");
      assertEquals(await handle, "kept");
    },

    "a task that goes on has ignored it, and is abandoned till it ends": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        await task.sleep(Infinity).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 50));
        return "dropped";
      });
      await running(handle);
      assertEquals(await handle.cancel("now", { grace: 0 }), "ignored");
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled" && !outcome.confirmed);
      await until(() => !handle.abandoned);
      assertEquals(handle.state, "cancelled");
    },

    "a task whose deadline has passed never begins": async (loop) => {
      const deadline = Date.now() - 1000;
      for (const options of [{ deadline }, { timeout: 0 }]) {
        const handle = loop.submit(
          () => {
            console.log("began");
            return 5;
          },
          [],
          options,
        );
        const outcome = await handle.outcome();
        assert(outcome.state === "cancelled" && outcome.confirmed);
        assertInstanceOf(outcome.reason, TimeoutError);
        assertEquals(outcome.reason.limit, Object.keys(options)[0]);
        assertEquals(handle.logs(), []);
      }
    },

    "a child whose deadline has passed never begins": async (loop) => {
      const parent = loop.submit(async () => {
        const spawn = (options: { timeout?: number; deadline?: number }) =>
          task.spawn(() => console.log("began"), [], options);
        const children = [
          spawn({ deadline: Date.now() - 1000 }),
          spawn({ timeout: 0 }),
        ];
        await Promise.allSettled(children);
        return children.map(({ state }) => state);
      });
      assertEquals(await parent, ["cancelled", "cancelled"]);
      for (const child of loop.list()) {
        if (child.parent === parent) assertEquals(child.logs(), []);
      }
    },

    "what is being killed settles, also for a thread that is blocked": async (
      loop,
    ) => {
      for (const wait of ["resultSync", "waitSync"] as const) {
        const handle = loop.submit(() => new Promise(() => {}));
        await running(handle);
        const killed = handle.kill("no more");
        if (wait === "waitSync") loop.waitSync([handle]);
        else assertThrows(() => handle.resultSync(), CancelledError, "no more");
        assertEquals(handle.peek()?.state, "cancelled");
        await killed;
        assertEquals(await loop.submit(() => 1), 1);
      }
    },

    "cleaning up comes before the answer": async (loop) => {
      const handle = loop.submit(async () => {
        try {
          await task.sleep(Infinity);
        } finally {
          await new Promise((resolve) => setTimeout(resolve, 20));
          console.log("cleaned up");
        }
      });
      await running(handle);
      assertEquals(await handle.cancel(), "cancelled");
      assertEquals(handle.logs().map(({ text }) => text), ["cleaned up"]);
    },

    "a task that catches its cancel and polls on delays no other": async (
      loop,
    ) => {
      const polls = (fetches: boolean) =>
        loop.submit(async (fetches: boolean) => {
          const global = globalThis as { pollers?: number };
          global.pollers = (global.pollers ?? 0) + 1;
          while (global.pollers > 0) {
            try {
              if (!fetches || !task.signal.aborted) await task.sleep(1000);
              else await fetch("data:,");
            } catch {
              // And on it goes.
            }
          }
        }, [fetches]);
      const pollers = [polls(false), polls(true)];
      await until(() => pollers.every(({ state }) => state === "running"));
      const answers = loop.cancel(pollers, "stop", { grace: 0 });
      assertEquals(await answers, ["ignored", "ignored"]);
      assertEquals(await loop.submit(() => "not delayed"), "not delayed");
      await loop.submit(() => Object.assign(globalThis, { pollers: 0 }) && 0);
      await until(() => pollers.every(({ abandoned }) => !abandoned));
    },

    "what is shielded can sleep, fetch and spawn while it cleans up": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        try {
          await task.sleep(Infinity);
        } finally {
          await task.shielded(async () => {
            await task.sleep(1);
            console.log(await (await fetch("data:,fetched")).text());
            console.log(await task.spawn(() => "spawned"));
            console.log(task.signal.aborted);
          });
          console.log(task.signal.aborted);
        }
      });
      await running(handle);
      assertEquals(await handle.cancel(), "cancelled");
      const lines = handle.logs().map(({ text }) => text);
      assertEquals(lines, ["fetched", "spawned", "false", "true"]);
    },

    "what is shielded is asked to stop when the grace ends, which a second cancel can shorten":
      async (loop) => {
        const handle = loop.submit(() =>
          task.shielded(async () => {
            const child = task.spawn(() => task.sleep(Infinity));
            const ends = await Promise.allSettled([
              task.sleep(Infinity),
              child,
              new Promise((_, reject) => {
                const { signal } = task;
                signal.onabort = () => reject(signal.reason);
              }),
            ]);
            for (const end of ends) {
              console.log(end.status === "rejected" && end.reason.message);
            }
            throw task.signal.reason;
          })
        );
        const child = `${handle.id as number}.1` as const;
        await until(() => loop.get(child)?.state === "running");
        const first = handle.cancel("enough", { grace: 3_600_000 });
        assertEquals(await loop.submit(() => 1), 1);
        assertEquals([handle.cancelling, loop.get(child)!.cancelling], [
          true,
          false,
        ]);
        assertEquals(await handle.cancel("now", { grace: 1 }), "cancelled");
        assertEquals(await first, "cancelled");
        assertEquals(handle.logs().map(({ text }) => text), [
          "enough",
          `its parent, task ${handle.id}, was asked to stop`,
          "enough",
        ]);
      },

    "a child that shields code which stops at the end of the grace has stopped, and its parent too":
      async (loop) => {
        const parent = loop.submit(async () => {
          task.spawn(() => task.shielded(() => task.sleep(Infinity)));
          await task.sleep(Infinity);
        });
        const child = `${parent.id as number}.1` as const;
        await until(() => loop.get(child)?.state === "running");
        assertEquals(await parent.cancel("stop", { grace: 1 }), "cancelled");
        const outcome = loop.get(child)!.peek();
        assert(outcome?.state === "cancelled" && outcome.confirmed);
      },

    "shielded code that goes on after the end of the grace is given up": async (
      loop,
    ) => {
      const handle = loop.submit(() =>
        task.shielded(() => new Promise(() => {}))
      );
      await running(handle);
      assertEquals(await handle.cancel("stop", { grace: 1 }), "ignored");
    },

    "what a task throws while it is being cancelled is not lost": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        await task.sleep(Infinity).catch(() => {});
        throw new RangeError("cleanup failed");
      });
      await running(handle);
      assertEquals(await handle.cancel("enough"), "cancelled");
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled" && outcome.confirmed);
      assertEquals(outcome.reason.message, "enough");
      assertInstanceOf(outcome.error, RangeError);
      const thrown = await handle.then(() => {}, (error) => error);
      assertInstanceOf(thrown, CancelledError);
      assertEquals([thrown.message, thrown.cause], ["enough", outcome.error]);
    },

    "a parent that was cancelled has stopped when its children have": async (
      loop,
    ) => {
      const parent = loop.submit(async () => {
        task.spawn(async () => {
          await task.sleep(Infinity).catch(() => {});
          await task.shielded(() => task.sleep(20));
        });
        await task.sleep(Infinity);
      });
      const child = `${parent.id as number}.1` as const;
      await until(() => loop.get(child)?.state === "running");
      const answer = parent.cancel("stop", { grace: 3_600_000 });
      assertEquals(await answer, "cancelled");
      assertEquals(loop.get(child)!.state, "succeeded");
    },

    "the end of an outside signal cancels, with its error": async (loop) => {
      const outside = new AbortController();
      const handle = loop.submit(() => task.sleep(Infinity), [], {
        signal: outside.signal,
      });
      outside.abort(new RangeError("from outside"));
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled");
      assertInstanceOf(outcome.reason, RangeError);
    },

    "a timeout, a deadline and a stall each end a task and are named": async (
      loop,
    ) => {
      const limits = [
        [{ timeout: 5 }, "timeout"],
        [{ deadline: Date.now() + 20 }, "deadline"],
        [{ stallTimeout: 5 }, "stall"],
      ] as const;
      for (const [options, limit] of limits) {
        const handle = loop.submit(() => task.sleep(Infinity), [], options);
        const outcome = await handle.outcome();
        assert(outcome.state === "cancelled");
        assertInstanceOf(outcome.reason, TimeoutError);
        assertEquals(outcome.reason.limit, limit);
      }
    },

    "a timeout is lifted and set while the task runs": async (loop) => {
      const handle = loop.submit(() => task.sleep(Infinity), [], {
        timeout: 60_000,
      });
      await running(handle);
      handle.setTimeout(null);
      assertEquals(handle.snapshot().timeoutMs, undefined);
      handle.setTimeout(0);
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled");
      assertInstanceOf(outcome.reason, TimeoutError);
    },

    "a fetch in a task ends with the task, its body too": async (loop) => {
      const asked = Promise.withResolvers<void>();
      const gone = Promise.withResolvers<void>();
      const endless = () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue(new Uint8Array(1));
            asked.resolve();
          },
          cancel: () => gone.resolve(),
        });
      await using server = Deno.serve(
        { port: 0, onListen() {} },
        () => new Response(endless()),
      );
      const url = `http://127.0.0.1:${server.addr.port}/`;
      const handle = loop.submit(async (u: string) => {
        await (await fetch(u)).text();
      }, [url]);
      await asked.promise;
      assertEquals(await handle.cancel(), "cancelled");
      await gone.promise;
    },

    "children end with their parent, and show under it": async (loop) => {
      const parent = loop.submit(async () => {
        const child = task.spawn(() => task.sleep(Infinity), [], {
          name: "child",
        });
        const value = await task.spawn((n: number) => n + 1, [1]);
        console.log(`${value} ${child.state}`);
        await task.sleep(Infinity);
      });
      await until(() => parent.logs().length === 1);
      assertEquals(parent.logs()[0]!.text, "2 running");
      const child = loop.get(`${parent.id as number}.1`)!;
      assertEquals([child.name, child.parent], ["child", parent]);
      assertEquals(await parent.cancel(), "cancelled");
      assertEquals((await child.outcome()).state, "cancelled");
    },
  },
};
