/** A loop whose process stands still, most often before it has said a word. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  type LoopController,
  type SubmitOptions,
  type TaskHandle,
  TimeoutError,
} from "../../mod.ts";
import { openLoop } from "../helpers.ts";
import { isStopped } from "../processes.ts";
import { until } from "../until.ts";

declare const process: {
  readonly pid: number;
  kill(pid: number, signal: string): void;
};

/** A task that has stopped its process as the first thing that it did. */
async function frozen(
  loop: LoopController,
  options: SubmitOptions = {},
): Promise<{ handle: TaskHandle; pid: number }> {
  const file = await Deno.makeTempFile();
  const freeze = (file: string): void => {
    Deno.writeTextFileSync(file, String(process.pid));
    process.kill(process.pid, "SIGSTOP");
    // The signal may stop another thread first, and this one must not go on.
    for (;;);
  };
  const handle = loop.submit(freeze, [file], {
    isolate: true,
    grace: 1,
    ...options,
  });
  let pid = 0;
  await until(() => (pid = Number(Deno.readTextFileSync(file))) > 0);
  await Deno.remove(file);
  await until(() => isStopped(pid));
  return { handle, pid };
}

Deno.test("a task whose process is frozen can be cancelled", async () => {
  await using loop = openLoop();
  const { handle } = await frozen(loop);
  assertEquals(await handle.cancel("enough"), "ignored");
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled" && !outcome.confirmed);
  assertEquals(outcome.reason.message, "enough");
  assert(handle.abandoned);
});

Deno.test("a task whose process is frozen does not outlive its limits", async () => {
  await using loop = openLoop();
  const { handle: first } = await frozen(loop, { timeout: 2000 });
  const { handle: second } = await frozen(loop, {
    deadline: Date.now() + 6000,
  });
  for (const handle of [first, second]) {
    const outcome = await handle.outcome();
    assert(outcome.state === "cancelled" && !outcome.confirmed);
    assertInstanceOf(outcome.reason, TimeoutError);
  }
});

Deno.test("a task whose process is frozen can be killed", async () => {
  await using loop = openLoop();
  const { handle, pid } = await frozen(loop);
  const { confirmed } = await handle.kill();
  assert(confirmed && !isStopped(pid));
  assertEquals((await handle.outcome()).state, "cancelled");
});

Deno.test("close does not wait for a process that is frozen", async () => {
  await using loop = openLoop();
  const { handle, pid } = await frozen(loop);
  await loop.close({ cancel: true });
  assertEquals(handle.state, "cancelled");
  assert(!isStopped(pid));
});
