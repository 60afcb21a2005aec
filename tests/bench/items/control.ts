import type { InsideItem } from "../item.ts";
import { Cannot, type Session } from "../session.ts";

const SLEEPERS = 10_000;
/** Longer than any run. */
const LONG = 600_000;
/** How long an emptied loop is waited for. */
const PATIENCE = 3000;

export const cancel: InsideItem = {
  name: "cancel",
  title: "cancel: 10,000 sleepers one by one, till the loop is empty",
  metrics: [{ key: "ms", unit: "ms", better: "less" }],
  async measure(open) {
    const session = open();
    await session.call("echo", 1);
    const sleepers = Array.from(
      { length: SLEEPERS },
      () => session.startSleeper(LONG),
    );
    const inFlight = await session.call("countActive", undefined);
    if (inFlight !== SLEEPERS) throw new Error(`${inFlight} are in flight`);
    const start = performance.now();
    for (const sleeper of sleepers) sleeper.cancel();
    await Promise.allSettled(sleepers.map(({ ended }) => ended));
    await emptied(session);
    return { ms: performance.now() - start };
  },
};

async function emptied(session: Session): Promise<void> {
  const start = performance.now();
  while (await session.call("countActive", undefined) !== 0) {
    if (performance.now() - start > PATIENCE) {
      throw new Cannot("the sleepers sleep on");
    }
  }
}

const POLLS = 5_000_000;

export const poll: InsideItem = {
  name: "poll",
  title: "poll of a running task's handle, without awaiting",
  metrics: [{ key: "ns", unit: "ns", better: "less" }],
  async measure(open) {
    const session = open();
    await session.call("echo", 1);
    const sleeper = session.startSleeper(LONG);
    await session.call("echo", 2);
    let ended = 0;
    for (let n = 0; n < POLLS / 10; n++) if (sleeper.done) ended++;
    const start = performance.now();
    for (let n = 0; n < POLLS; n++) if (sleeper.done) ended++;
    const ns = 1e6 * (performance.now() - start) / POLLS;
    if (ended > 0) throw new Error("the sleeper has ended");
    return { ns };
  },
};

const SHORT = 100;
/** How long this thread is blocked, and its only news are what it polls. */
const BLOCKED = 1000;

export const pollBlocked: InsideItem = {
  name: "poll-blocked",
  title: "poll while this thread never yields: how late the end is seen",
  metrics: [{ key: "lateMs", unit: "ms late", better: "less" }],
  async measure(open) {
    const session = open();
    await session.call("echo", 1);
    const start = performance.now();
    const sleeper = session.startSleeper(SHORT);
    // A submit may wait for the end of the turn; the thread blocks after it.
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    while (!sleeper.done) {
      if (performance.now() - start > BLOCKED) {
        throw new Cannot("stale till the thread yields");
      }
    }
    return { lateMs: performance.now() - start - SHORT };
  },
};
