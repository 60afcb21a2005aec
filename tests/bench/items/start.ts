import type { InsideItem, OutsideItem } from "../item.ts";
import { programOf } from "../programs.ts";

export const cold: InsideItem = {
  name: "cold",
  title: "cold start: opening the loop to the first result",
  metrics: [{ key: "ms", unit: "ms", better: "less" }],
  async measure(open) {
    const start = performance.now();
    const answer = await open().call("echo", 7);
    const ms = performance.now() - start;
    if (answer !== 7) throw new Error(`echo returned ${answer}`);
    return { ms };
  },
};

export const program: OutsideItem = {
  name: "program",
  title: "whole program of one task, start to exit",
  metrics: [{ key: "ms", unit: "ms", better: "less" }],
  commands: Object.fromEntries(
    [
      "loopctl",
      "loopctl_process",
      "python",
      "bare",
      "batched",
      "comlink",
      "poolifier",
      "tinypool",
    ]
      .map((name) => [name, { command: programOf(name) }]),
  ),
};
