import { LoopController } from "../../../mod.ts";
import { execute } from "../../../src/cli/commands/execute.ts";
import { Session } from "../../../src/cli/session/session.ts";
import type { InsideItem } from "../item.ts";

const TASKS = 100_000;
/** One of so many runs on; the others have ended. */
const RUNNING = 100;

export const pollList: InsideItem = {
  name: "poll-list",
  title: "prompt: poll of 100,000 tasks, to the first line",
  metrics: [{ key: "ms", unit: "ms", better: "less" }],
  contestants: ["loopctl"],
  async measure() {
    const loop = new LoopController({ history: TASKS });
    for (let n = 0; n < TASKS; n++) {
      loop.submit(
        (n: number, every: number) =>
          n % every === 0 ? new Promise(() => {}) : n,
        [n, RUNNING],
      );
    }
    while (loop.health().running > TASKS / RUNNING) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const session = new Session(loop);
    let ms = Infinity;
    // As somebody polls who has polled before.
    for (let poll = 0; poll < 10; poll++) {
      ms = Math.min(ms, await firstLine(session));
    }
    loop.kill();
    return { ms };
  },
};

async function firstLine(session: Session): Promise<number> {
  const style = { width: 80, height: 24, color: true, now: Date.now() };
  const { signal } = new AbortController();
  const start = performance.now();
  for await (const reply of execute({ text: "poll" }, session, signal)) {
    if (reply.text(style) !== undefined) return performance.now() - start;
  }
  throw new Error("poll says nothing");
}
