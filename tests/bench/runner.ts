/** Runs the contestants in turn, each run in a process of its own. */
import type { Contestant } from "./contestants/mod.ts";
import type { Item } from "./item.ts";
import type { Answer } from "./measure.ts";
import { measurementOf } from "./programs.ts";
import { cellOf, type ItemResult } from "./results.ts";
import { runCommand } from "./run_command.ts";

const PATIENCE = 60_000;

/** Ways to map, which have nothing of their own for the other items. */
const ONLY_MAP: readonly string[] = ["p_map", "pooled_map"];

/** Who takes part in an item. */
export function fieldOf(
  item: Item,
  contestants: readonly Contestant[],
): Contestant[] {
  return contestants.filter(({ name, load }) =>
    "commands" in item
      ? name in item.commands
      : item.contestants?.includes(name) ??
        (name === "python" || (load !== undefined && !ONLY_MAP.includes(name)))
  );
}

/** `tell` is told of each run. */
export async function runItem(
  item: Item,
  contestants: readonly Contestant[],
  rounds: number,
  tell: (text: string) => void,
): Promise<ItemResult> {
  const field = fieldOf(item, contestants);
  const answers = new Map(
    field.map(({ name }): [string, Answer[]] => [name, []]),
  );
  for (
    let round = 0;
    round < Math.min(rounds, item.rounds ?? rounds);
    round++
  ) {
    // Who begins changes, so that nobody always follows the same other.
    const start = round % field.length;
    for (const { name } of [...field.slice(start), ...field.slice(0, start)]) {
      const before = answers.get(name)!;
      if (before.some((answer) => !("figures" in answer))) continue;
      if (round > 0 && item.once?.includes(name)) continue;
      const answer = await run(item, name);
      before.push(answer);
      tell(`${item.name} ${round + 1} ${name} ${JSON.stringify(answer)}`);
    }
  }
  return {
    item,
    cells: new Map([...answers].map(([name, all]) => [name, cellOf(all)])),
  };
}

async function run(item: Item, contestant: string): Promise<Answer> {
  const { pinned = false, patience = PATIENCE } = item;
  if ("commands" in item) {
    const command = item.commands[contestant]!;
    const { ms, failed } = await runCommand(command, { pinned, patience });
    return failed === undefined ? { figures: { ms } } : { failed };
  }
  const { stdout, failed } = await runCommand({
    command: measurementOf(contestant, item.name),
    until: ANSWER,
  }, { pinned, patience });
  const line = ANSWER.exec(stdout)?.[0];
  return line === undefined
    ? { failed: failed ?? "no answer" }
    : JSON.parse(line);
}

const ANSWER = /^\{.*\}(?=\n)/m;
