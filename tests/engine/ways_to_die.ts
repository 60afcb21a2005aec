/** What ends a loop from inside, and what is said of it then. */
import type { EngineName } from "./contract/suite.ts";

interface Process {
  exit(code?: number): never;
  reallyExit(code?: number): never;
  getBuiltinModule(id: "node:net"): typeof import("node:net");
}

declare const process: Process;

export interface WayToDie {
  readonly name: string;
  /** The engines that outlive it; the others do not outlive the program. */
  readonly engines: readonly EngineName[];
  /** Runs in a task of its own. */
  readonly die: () => unknown;
  /** What the cause of the loss says. */
  readonly cause: RegExp;
  /** Whether it is known which task did it. */
  readonly known: boolean;
}

const BOTH: readonly EngineName[] = ["worker", "process"];
const PROCESS: readonly EngineName[] = ["process"];

export const WAYS_TO_DIE: readonly WayToDie[] = [
  {
    name: "Deno.exit",
    engines: BOTH,
    die: () => Deno.exit(3),
    cause: /^task \S+ called Deno\.exit\(3\)$/,
    known: true,
  },
  {
    name: "Deno.exit in a timer",
    engines: BOTH,
    die: () => void setTimeout(() => Deno.exit(), 1),
    cause: /^task \S+ called Deno\.exit\(\)$/,
    known: true,
  },
  {
    name: "process.exit",
    engines: BOTH,
    die: () => process.exit(0),
    cause: /^task \S+ called Deno\.exit\(0\)$/,
    known: true,
  },
  {
    name: "process.reallyExit",
    engines: BOTH,
    die: () => process.reallyExit(1),
    cause: /^task \S+ called Deno\.exit\(1\)$/,
    known: true,
  },
  {
    name: "self.close",
    engines: BOTH,
    die: () => self.close(),
    cause: /^task \S+ called self\.close\(\)$/,
    known: true,
  },
  {
    name: "SIGKILL",
    engines: PROCESS,
    die: () => Deno.kill(Deno.pid, "SIGKILL"),
    cause: /^its process ended with SIGKILL$/,
    known: false,
  },
  {
    name: "running out of memory",
    engines: PROCESS,
    die: () => {
      const hoard: unknown[] = [];
      for (;;) hoard.push(new Array(100_000).fill({}));
    },
    cause: /^its process ended with SIG.*memory/,
    known: false,
  },
  {
    name: "garbage on the wire",
    engines: PROCESS,
    die: () => {
      const { Socket } = process.getBuiltinModule("node:net");
      new Socket({ fd: 4 }).write("garbage\n");
    },
    cause: /^it sent what can't be decoded: /,
    known: false,
  },
  {
    name: "garbage on the wire by a subprocess",
    engines: PROCESS,
    die: () => {
      const args = ["-c", "printf garbage >&3; sleep 60"];
      new Deno.Command("sh", { args }).spawn();
    },
    cause: /^it sent what can't be decoded: /,
    known: false,
  },
  {
    name: "an end of the wire",
    engines: PROCESS,
    die: () => {
      const { Socket } = process.getBuiltinModule("node:net");
      new Socket({ fd: 4 }).end();
    },
    cause: /^its process ended with /,
    known: false,
  },
  {
    name: "taking a message from the wire",
    engines: PROCESS,
    die: () => {
      const args = ["-c", "until head -c 1 <&3; do :; done 2> /dev/null"];
      new Deno.Command("sh", { args }).spawn();
    },
    cause: /^a task reads its wire: /,
    known: false,
  },
];
