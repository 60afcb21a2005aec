/** Who takes part, in the order of the report. */
import { python } from "../programs.ts";
import type { Open } from "../session.ts";

export interface Contestant {
  /** What `--peer` takes. */
  readonly name: string;
  readonly title: string;
  /** Absent where it is not JavaScript, or only a command. */
  readonly load?: () => Promise<{ readonly open: Open }>;
  /** Whether this machine has it; so by default. */
  readonly available?: boolean;
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: "loopctl", title: "loopctl", load: () => import("./loopctl.ts") },
  {
    name: "loopctl_process",
    title: "loopctl, process engine",
    load: () => import("./loopctl_process.ts"),
  },
  {
    name: "python",
    title: "Python, loop in a thread",
    available: python.length > 0,
  },
  { name: "bare", title: "bare postMessage", load: () => import("./bare.ts") },
  {
    name: "batched",
    title: "batched by hand",
    load: () => import("./batched.ts"),
  },
  {
    name: "comlink",
    title: "comlink 4.4.2",
    load: () => import("./comlink.ts"),
  },
  {
    name: "poolifier",
    title: "poolifier-web-worker 0.5.15",
    load: () => import("./poolifier.ts"),
  },
  {
    name: "tinypool",
    title: "tinypool 2.2.0",
    load: () => import("./tinypool.ts"),
  },
  {
    name: "python_executor",
    title: "Python, Executor.map",
    available: python.length > 0,
  },
  { name: "p_map", title: "p-map 7.0.4", load: () => import("./p_map.ts") },
  {
    name: "pooled_map",
    title: "@std/async pooledMap",
    load: () => import("./pooled_map.ts"),
  },
  { name: "repl", title: "deno repl" },
];
