/** A prompt that is sent one line. */
import { IMPORT_MAP } from "../../command_line.ts";
import type { OutsideItem } from "../item.ts";
import { deno, programOf, python } from "../programs.ts";

const metrics = [{ key: "ms", unit: "ms", better: "less" }] as const;
const loopctl = [...deno, "../../cli.ts"];

export const firstReply: OutsideItem = {
  name: "prompt",
  title: "prompt: start of the command to its first reply",
  metrics,
  commands: {
    loopctl: { command: loopctl, stdin: "run 6 * 7\n", until: /^#1/m },
    bare: { command: programOf("bare"), until: /pong/ },
    repl: {
      command: [Deno.execPath(), "repl", "-A", ...IMPORT_MAP],
      stdin: "6 * 7\n",
      until: /42/,
    },
    python: {
      command: [...python, "-m", "asyncio"],
      stdin: "6 * 7\n",
      until: /42/,
    },
  },
};

/** As the first reply, where that is the result already. */
export const firstResult: OutsideItem = {
  ...firstReply,
  name: "prompt-result",
  title: "prompt: start of the command to the first task's result",
  commands: {
    ...firstReply.commands,
    loopctl: { command: loopctl, stdin: "run 6 * 7\n", until: /→ 42/ },
  },
};
