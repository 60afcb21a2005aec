/**
 * The benchmark: loopctl beside its peers, on the same work. `deno task bench
 * --help` lists its options.
 */
import { CONTESTANTS } from "./contestants/mod.ts";
import { canPin, environment } from "./environment.ts";
import { ITEMS } from "./items/mod.ts";
import { type Options, parseOptions, usage, UsageError } from "./options.ts";
import { reportJson, reportText } from "./report.ts";
import type { ItemResult } from "./results.ts";
import { runItem } from "./runner.ts";

async function bench(options: Options): Promise<void> {
  const where = environment();
  const contestants = CONTESTANTS.filter(({ name, available = true }) =>
    available &&
    (name === "loopctl" || options.peers.length === 0 ||
      options.peers.includes(name))
  );
  const pins = canPin();
  const items = ITEMS.filter((item) =>
    (options.items.length === 0
      ? !(options.quick && item.long)
      : options.items.includes(item.name)) && (pins || !item.pinned)
  );
  const results: ItemResult[] = [];
  for (const item of items) {
    const { rounds } = options;
    results.push(await runItem(item, contestants, rounds, console.error));
  }
  console.log(reportText(where, results));
  if (options.json !== undefined) {
    await Deno.writeTextFile(options.json, reportJson(where, results));
  }
}

async function main(): Promise<void> {
  try {
    const options = parseOptions(Deno.args);
    if (options === "help") console.log(usage());
    else await bench(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${usage()}`);
    Deno.exitCode = 2;
  }
}

await main();
