/** What never ends or is never read stays bounded, and what is lost counted. */
import { assertEquals } from "@std/assert";
import type { TaskHandle } from "../../mod.ts";
import { MAX_LOG_LINES } from "../../src/log_buffer.ts";
import { openLoop } from "../helpers.ts";
import { until } from "../until.ts";
import type { EngineName } from "./contract/suite.ts";

declare const task: typeof import("../../src/task_api.ts").task;

const ENGINES: readonly EngineName[] = ["worker", "process"];

/** Each line says how many came before it. */
async function logWithoutEnd(): Promise<void> {
  for (let n = 0; !task.signal.aborted; n++) {
    console.log(n);
    if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}

function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function lastLine(handle: TaskHandle): number {
  return Number(handle.logs().at(-1)?.text ?? 0);
}

for (const isolation of ENGINES) {
  Deno.test(`a task in a ${isolation} that logs without end keeps its last lines, and each line is kept or counted`, async () => {
    await using loop = openLoop({ isolation });
    const handle = loop.submit(logWithoutEnd);
    await until(() => lastLine(handle) > 5 * MAX_LOG_LINES);
    await handle.cancel();
    const lines = handle.logs();
    assertEquals(lines.length, MAX_LOG_LINES);
    const first = Number(lines[0]!.text);
    assertEquals(lines.map(({ text }) => Number(text)), [
      ...lines.keys().map((n) => first + n),
    ]);
    assertEquals(handle.droppedLogs, first);
  });

  Deno.test(`a task in a ${isolation} that logs while nobody takes it in holds back`, async () => {
    await using loop = openLoop({ isolation });
    const handle = loop.submit(logWithoutEnd);
    await until(() => lastLine(handle) > 0);
    // This thread takes nothing in, so that all that is not bounded piles up.
    blockFor(500);
    await handle.cancel();
    const kept = handle.logs().length;
    assertEquals(kept, MAX_LOG_LINES);
    // All that was written is either here or counted, held back or not.
    assertEquals(kept + handle.droppedLogs, lastLine(handle) + 1);
  });

  Deno.test(`a reader of logs of a ${isolation} that is too slow misses lines and gets none twice`, async () => {
    await using loop = openLoop({ isolation });
    const handle = loop.submit(logWithoutEnd);
    const seen: number[] = [];
    for await (const { text } of handle.followLogs()) {
      seen.push(Number(text));
      if (seen.length % 1000 === 0) blockFor(20);
      if (seen.length === 5000) handle.cancel();
    }
    assertEquals(seen, seen.toSorted((a, b) => a - b));
    assertEquals(new Set(seen).size, seen.length);
  });

  Deno.test(`progress without end in a ${isolation} costs a report now and then`, async () => {
    await using loop = openLoop({ isolation });
    const handle = loop.submit(async () => {
      let done = 0;
      while (!task.signal.aborted) {
        task.progress(++done);
        if (done % 1000 === 0) {
          await new Promise((resolve) => setTimeout(resolve));
        }
      }
      return done;
    });
    await until(() => (handle.snapshot().progress?.done ?? 0) > 10_000);
    assertEquals(await handle.cancel(), "finished");
    assertEquals(handle.snapshot().progress?.done, await handle);
  });

  // Each of them crosses two processes in a message of its own.
  const rounds = isolation === "process" ? 10 : 50;
  Deno.test(`${rounds},000 tasks of a ${isolation} leave nothing behind once collected`, async () => {
    await using loop = openLoop({ isolation });
    let settled = 0;
    let collected = 0;
    for (let round = 0; round < rounds; round++) {
      const handles = Array.from(
        { length: 1000 },
        (_, n) =>
          loop.submit((n: number) => {
            if (n % 10 === 0) console.log(n);
            if (n % 100 === 0) throw new Error(`${n}`);
            return { n };
          }, [n]),
      );
      const { done } = await loop.wait(handles);
      settled += done.length;
      collected += loop.collect().length;
      assertEquals(loop.list(), []);
    }
    assertEquals([settled, collected], [rounds * 1000, rounds * 1000]);
    const { running, queued, dropped } = loop.health();
    assertEquals([running, queued, dropped], [0, 0, 0]);
  });
}
