import type { Figures, InsideItem } from "../item.ts";
import type { Open, Session } from "../session.ts";

const COUNT = 50_000;

async function measure(
  open: Open,
  act: (session: Session, count: number) => PromiseLike<void>,
): Promise<Figures> {
  const session = open();
  await act(session, COUNT / 10);
  const start = performance.now();
  await act(session, COUNT);
  return { perCallUs: 1000 * (performance.now() - start) / COUNT };
}

const metrics = [{
  key: "perCallUs",
  unit: "µs/call",
  better: "less",
}] as const;

export const lines: InsideItem = {
  name: "lines",
  title: "log: a task writes 50,000 lines, all seen on this side",
  metrics,
  measure: (open) => measure(open, (one, count) => one.writeLines(count)),
};

export const steps: InsideItem = {
  name: "steps",
  title: "progress: a task reports 50,000 steps, the last is seen",
  metrics,
  measure: (open) => measure(open, (one, count) => one.reportProgress(count)),
};
