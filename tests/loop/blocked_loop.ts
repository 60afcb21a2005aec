/**
 * Scenes with a task that never yields, each for a process of its own: the
 * thread of such a task can't be stopped, only left behind by `Deno.exit`.
 * The scene's name is the argument; what it comes to is printed as JSON.
 */
import {
  LoopController,
  type LoopOptions,
  type TaskHandle,
} from "../../mod.ts";

declare const task: import("../../src/task_api.ts").Task;

const GRACE = 50;
const QUIET = { grace: GRACE, onWarning: () => {} };

/** What a task came to, as plain data. */
async function end(handle: TaskHandle): Promise<unknown> {
  const outcome = await handle.outcome();
  switch (outcome.state) {
    case "succeeded":
      return outcome.state;
    case "failed":
      return [outcome.state, outcome.error.name];
    case "cancelled": {
      const { reason, confirmed } = outcome;
      return [
        outcome.state,
        "limit" in reason ? reason.limit : reason.message,
        confirmed ? "confirmed" : "not confirmed",
      ];
    }
  }
}

/** A loop that a task blocks, and that task. */
async function blockedLoop(
  options?: LoopOptions,
): Promise<{ loop: LoopController; spinner: TaskHandle }> {
  const loop = new LoopController({ ...QUIET, ...options });
  const spins = new Int32Array(new SharedArrayBuffer(4));
  const spinner = loop.submit(
    (spins: Int32Array) => {
      Atomics.store(spins, 0, 1);
      for (;;);
    },
    [spins],
    { name: "spinner" },
  );
  while (spins[0] === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  return { loop, spinner };
}

async function blockedIsSeen(loop: LoopController): Promise<void> {
  while (loop.health().state !== "blocked") {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const SCENES: Readonly<Record<string, () => Promise<unknown>>> = {
  async cancel() {
    const { loop, spinner } = await blockedLoop();
    const { state } = spinner;
    const result = await spinner.cancel("stop");
    const { abandoned } = spinner;
    await loop.close({ cancel: true });
    return { state, result, abandoned, end: await end(spinner) };
  },

  async limits() {
    const ends: unknown[] = [];
    const limits = [{ timeout: 20 }, { stallTimeout: 20 }, {
      deadline: Date.now() + 300,
    }];
    for (const limit of limits) {
      const { loop, spinner } = await blockedLoop();
      if ("timeout" in limit) spinner.setTimeout(20);
      else if ("deadline" in limit) spinner.setDeadline(limit.deadline!);
      else {
        // Stalls can't be moved: the limit is of a second one.
        await loop.close({ cancel: true });
        const next = new LoopController(QUIET);
        const stalls = next.submit(
          () => {
            for (;;);
          },
          [],
          limit,
        );
        ends.push(await end(stalls));
        continue;
      }
      ends.push(await end(spinner));
    }
    return ends;
  },

  async behind() {
    const { loop } = await blockedLoop();
    const wait = () => task.sleep(Infinity);
    const cancelled = loop.submit(wait);
    const deadline = Date.now() + 20;
    const due = loop.submit(wait, [], { deadline });
    const aborted = new AbortController();
    const linked = loop.submit(wait, [], { signal: aborted.signal });
    const states = [cancelled, due, linked].map(({ state }) => state);
    const result = await cancelled.cancel("not needed", { grace: 3_600_000 });
    aborted.abort(new Error("left"));
    const { state } = linked;
    return {
      states,
      result,
      linked: state,
      ends: [await end(cancelled), await end(due), await end(linked)],
    };
  },

  async health() {
    const { loop, spinner } = await blockedLoop();
    loop.submit(() => 1);
    await blockedIsSeen(loop);
    const { state, blockedMs, lastStarted, running } = loop.health();
    return {
      state,
      blocked: blockedMs > 0,
      isSpinner: lastStarted === spinner.id,
      running,
    };
  },

  async wait() {
    const { loop, spinner } = await blockedLoop();
    const given = { timeout: 20 };
    const { notDone } = loop.waitSync([spinner], given);
    let thrown = "";
    try {
      spinner.resultSync(20);
    } catch (error) {
      thrown = (error as Error).name;
    }
    spinner.setTimeout(1);
    // Blocked both: the limit is seen to by the thread that waits.
    const { done } = loop.waitSync([spinner]);
    return { waited: notDone.length, thrown, done: done.length };
  },

  async child() {
    const loop = new LoopController(QUIET);
    const parent = loop.submit(() => {
      task.spawn(async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        for (;;);
      });
    });
    while (!loop.get("1.1")?.cancelling) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const child = loop.get("1.1")!;
    await loop.close({ cancel: true });
    return [await end(parent), await end(child)];
  },

  async kill() {
    const { loop, spinner } = await blockedLoop({ concurrency: 1 });
    const queued = loop.submit(() => 1);
    loop.kill();
    return [await end(spinner), await end(queued)];
  },

  async yields() {
    // Its promises never let the loop turn either.
    const loop = new LoopController(QUIET);
    const handle = loop.submit(
      async () => {
        for (;;) await null;
      },
      [],
      { timeout: 20 },
    );
    return await end(handle);
  },
};

const result = await SCENES[Deno.args[0]!]!();
console.log(JSON.stringify(result));
Deno.exit(0);
