/**
 * The process of one run: `measure.ts CONTESTANT ITEM` prints an
 * {@linkcode Answer} as its last line.
 */
import { CONTESTANTS } from "./contestants/mod.ts";
import type { Figures } from "./item.ts";
import { ITEMS } from "./items/mod.ts";
import { Cannot } from "./session.ts";

/** What a run came to. */
export type Answer =
  | { readonly figures: Figures }
  /** The contestant has no way to do it. */
  | { readonly cannot: string }
  | { readonly failed: string };

async function measure(contestant: string, name: string): Promise<Answer> {
  const item = ITEMS.find((item) => item.name === name);
  const load = CONTESTANTS.find((one) => one.name === contestant)?.load;
  if (item === undefined || !("measure" in item) || load === undefined) {
    throw new Error(`Nothing measures ${name} with ${contestant}`);
  }
  const { open } = await load();
  const figures = await item.measure(open);
  return { figures: { ...figures, ...peak() } };
}

/** The highest resident set of this process so far, where the system says. */
function peak(): Figures {
  if (Deno.build.os !== "linux") return {};
  const status = Deno.readTextFileSync("/proc/self/status");
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? {} : { peakMiB: Number(kib) / 1024 };
}

if (import.meta.main) {
  const [contestant = "", item = ""] = Deno.args;
  let answer: Answer;
  try {
    answer = await measure(contestant, item);
  } catch (error) {
    answer = error instanceof Cannot
      ? { cannot: error.message }
      : { failed: String(error) };
  }
  console.log(JSON.stringify(answer));
  // The contestant may have left a Worker open.
  Deno.exit();
}
