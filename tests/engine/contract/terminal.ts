import { assertEquals } from "@std/assert";
import { until } from "../../until.ts";
import type { Suite } from "./suite.ts";

declare const task: typeof import("../../../src/task_api.ts").task;

export const terminal: Suite = {
  name: "what would reach a terminal",
  cases: {
    "what console says of a label is in the task's log": async (loop) => {
      const handle = loop.submit(() => {
        console.clear();
        console.time("a\x1b");
        console.timeEnd("a\x1b");
        console.time("b");
        console.time("b");
        console.countReset("c");
      });
      await handle;
      // What console warns of, it says later.
      await until(() => handle.logs().length === 3);
      assertEquals(
        handle.logs().map(({ text }) =>
          text.replace(/^\(node:\d+\) /, "")
            .replace(/[\d.]+ms/, "T")
        ),
        [
          "a\x1b: T",
          "Warning: Label 'b' already exists for console.time()",
          "Warning: Count for 'c' does not exist",
        ],
      );
    },

    "progress is numbers, also where a task has replaced Number": async (
      loop,
    ) => {
      const handle = loop.submit(() => {
        const own = { Number: globalThis.Number, String: globalThis.String };
        Object.assign(globalThis, { Number: () => "\x1b[2J", String: null });
        task.progress("3" as unknown as number, 4, 5 as unknown as string);
        Object.assign(globalThis, own);
      });
      await handle;
      const { done, total, note } = handle.snapshot().progress!;
      assertEquals([done, total, note], [3, 4, "5"]);
    },
  },
};
