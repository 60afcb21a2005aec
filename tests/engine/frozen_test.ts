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

// Side by side, as the controller gives a process 5 seconds to start.
Deno.test("a task whose process is frozen can be cancelled and killed, and does not outlive its limits", async () => {
  await using loop = openLoop();
  const cancel = async (): Promise<void> => {
    const { handle } = await frozen(loop);
    assertEquals(await handle.cancel("enough"), "ignored");
    const outcome = await handle.outcome();
    assert(outcome.state === "cancelled" && !outcome.confirmed);
    assertEquals(outcome.reason.message, "enough");
    assert(handle.abandoned);
  };
  const limit = async (options: SubmitOptions): Promise<void> => {
    const { handle } = await frozen(loop, options);
    const outcome = await handle.outcome();
    assert(outcome.state === "cancelled" && !outcome.confirmed);
    assertInstanceOf(outcome.reason, TimeoutError);
  };
  const kill = async (): Promise<void> => {
    const { handle, pid } = await frozen(loop);
    const { confirmed } = await handle.kill();
    assert(confirmed && !isStopped(pid));
    assertEquals((await handle.outcome()).state, "cancelled");
  };
  await Promise.all([
    cancel(),
    limit({ timeout: 4000 }),
    limit({ deadline: Date.now() + 6000 }),
    kill(),
  ]);
});

Deno.test("close does not wait for a process that is frozen", async () => {
  await using loop = openLoop();
  const { handle, pid } = await frozen(loop);
  await loop.close({ cancel: true });
  assertEquals(handle.state, "cancelled");
  assert(!isStopped(pid));
});
