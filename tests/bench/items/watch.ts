/** The prompt on a real terminal, that watches tasks. */
import type { InsideItem } from "../item.ts";
import { Cannot } from "../session.ts";

/** Until the code that draws has been compiled. */
const WARM_UP_MS = 3000;
const WATCHED_MS = 10_000;

/** The system's tick, in which it counts a process's time, on any Linux. */
const TICK_MS = 10;

const SLEEPERS = "Array.from({ length: 10_000 }, () => " +
  "task.detach(async () => { await task.sleep(1e9); }, [])).length";

export const watch: InsideItem = {
  name: "watch",
  title: "watch: 10,000 running tasks on the screen, as a share of a core",
  metrics: [{ key: "percent", unit: "% of a core", better: "less" }],
  contestants: ["loopctl"],
  rounds: 3,
  async measure() {
    if (Deno.build.os !== "linux") throw new Cannot("needs Linux's /proc");
    // Loaded by this item's process alone.
    const { Terminal } = await import("../../cli/screen.ts");
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.ask("run Deno.pid", "→ ");
    const pid = Number.parseInt(await terminal.sees("\n"));
    await terminal.ask(`run ${SLEEPERS}`, "→ 10000");
    await terminal.ask("watch", "10,000 running");
    const passed = async (ms: number): Promise<void> => {
      const end = performance.now() + ms;
      await terminal.until(() => performance.now() > end);
    };
    await passed(WARM_UP_MS);
    const [start, before] = [performance.now(), usedMs(pid)];
    await passed(WATCHED_MS);
    const percent = 100 * (usedMs(pid) - before) / (performance.now() - start);
    return { percent };
  },
};

/** The processor time that the process has used so far. */
function usedMs(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
