import { type Figures, type InsideItem, type Metric, PEAK } from "../item.ts";
import type { Open, Session } from "../session.ts";

export const BURST = 100_000;
const WARM_UP = 1000;

const PER_SECOND: Metric = {
  key: "perSecond",
  unit: "tasks/s",
  better: "more",
};

async function measure(
  open: Open,
  count: number,
  act: (session: Session) => PromiseLike<unknown>,
): Promise<Figures> {
  const session = open();
  await session.echoAll(WARM_UP);
  const start = performance.now();
  await act(session);
  const ms = performance.now() - start;
  return { perSecond: 1000 * count / ms, perTaskUs: 1000 * ms / count };
}

function burstOf(
  count: number,
  name: string,
  rest: Partial<InsideItem> = {},
): InsideItem {
  return {
    name,
    title: `burst: ${count.toLocaleString("en")} trivial tasks, all results`,
    metrics: [PER_SECOND, PEAK],
    measure: (open) => measure(open, count, (one) => one.echoAll(count)),
    ...rest,
  };
}

export const burst: InsideItem = burstOf(BURST, "burst");

const GROWTH = { contestants: ["loopctl", "batched"] };

/** What the growth table needs besides {@linkcode burst}. */
export const growth: readonly InsideItem[] = [
  burstOf(1000, "burst-1k", GROWTH),
  burstOf(10_000, "burst-10k", GROWTH),
  burstOf(1_000_000, "burst-1m", { ...GROWTH, rounds: 3, long: true }),
];

export const asCompleted: InsideItem = {
  name: "burst-as-completed",
  title: "burst: 100,000, each taken as it completes",
  metrics: [PER_SECOND, PEAK],
  measure: (open) =>
    measure(open, BURST, async (session) => {
      const completed = await session.echoAsCompleted(BURST);
      if (completed !== BURST) throw new Error(`${completed} completed`);
    }),
};

export const collected: InsideItem = {
  name: "burst-collect",
  title: "burst: 100,000, waited for and collected",
  metrics: [PER_SECOND, PEAK],
  measure: (open) =>
    measure(open, BURST, async (session) => {
      const collected = await session.echoCollected(BURST);
      if (collected !== BURST) throw new Error(`${collected} collected`);
    }),
};

export const submit: InsideItem = {
  name: "submit",
  title: "submit: 100,000 tasks, what the calling thread pays",
  metrics: [{ key: "perTaskUs", unit: "µs/task", better: "less" }],
  async measure(open) {
    const session = open();
    await session.echoAll(WARM_UP);
    const start = performance.now();
    const allEnded = session.submitEach(BURST);
    // What was put off to the end of the turn is part of the price.
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    const perTaskUs = 1000 * (performance.now() - start) / BURST;
    await allEnded();
    return { perTaskUs };
  },
};

const LANES = 100;

export const queued: InsideItem = {
  name: "queued",
  title: "queue: 100,000 trivial tasks, 100 at a time",
  metrics: [PER_SECOND, PEAK],
  async measure(open) {
    return await measure(
      (options) => open({ ...options, concurrency: LANES }),
      BURST,
      (session) => session.echoQueued(BURST, LANES),
    );
  },
};
