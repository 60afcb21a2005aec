/** A benchmark's results as text and as JSON. */
import { CONTESTANTS } from "./contestants/mod.ts";
import type { Environment } from "./environment.ts";
import { type Verdict, verdicts } from "./goals.ts";
import { GROWTH_BOUND, growthOf } from "./growth.ts";
import { type ItemResult, medianOf } from "./results.ts";
import { columns, figure, ratio } from "./table.ts";

export function reportText(
  environment: Environment,
  results: readonly ItemResult[],
): string {
  return [
    heading(environment),
    ...results.map(itemTable),
    growthTable(results),
    ratioTable(results),
    goalTable(verdicts(results)),
  ].filter((part) => part !== "").join("\n\n");
}

export function reportJson(
  environment: Environment,
  results: readonly ItemResult[],
): string {
  const report = {
    environment,
    items: results.map(({ item, cells }) => ({
      name: item.name,
      title: item.title,
      metrics: item.metrics,
      pinned: item.pinned ?? false,
      contestants: Object.fromEntries(cells),
    })),
    growth: growthOf(results),
    goals: verdicts(results),
  };
  return JSON.stringify(report, undefined, 2) + "\n";
}

function heading(environment: Environment): string {
  const { date, system, processor, processors, memoryGiB, deno, v8 } =
    environment;
  const python = environment.python ?? "not found";
  return `loopctl's benchmark, ${date}
${system}, ${processors} × ${processor}, ${memoryGiB} GiB
Deno ${deno} (V8 ${v8}), Python ${python}
Medians of runs in processes of their own, contestants in turn.
× is the contestant's figure over loopctl's, or the other way round where more
is better: how many times better loopctl is.`;
}

/** How many times better loopctl's figure is than the contestant's. */
function advantage(
  result: ItemResult,
  contestant: string,
  metric: ItemResult["item"]["metrics"][number],
): number | undefined {
  const own = medianOf(result, "loopctl", metric.key);
  const other = medianOf(result, contestant, metric.key);
  if (own === undefined || other === undefined) return undefined;
  return metric.better === "less" ? other / own : own / other;
}

function titleOf(contestant: string): string {
  return CONTESTANTS.find(({ name }) => name === contestant)?.title ??
    contestant;
}

/** Whose figures there are, in the order of the report. */
function ordered({ cells }: ItemResult): string[] {
  return CONTESTANTS.map(({ name }) => name).filter((name) => cells.has(name));
}

function itemTable(result: ItemResult): string {
  const { item, cells } = result;
  const head = ["", ...item.metrics.flatMap(({ unit }) => [unit, "×"])];
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const name of ordered(result)) {
    const cell = cells.get(name)!;
    if ("missing" in cell) {
      notes.push(`  ${titleOf(name)}: ${cell.missing}`);
      continue;
    }
    rows.push([
      titleOf(name),
      ...item.metrics.flatMap((metric) => [
        figure(cell.medians[metric.key]),
        ratio(advantage(result, name, metric)),
      ]),
    ]);
  }
  return [`${item.title} (${item.name})`, columns([head, ...rows]), ...notes]
    .join("\n");
}

function growthTable(results: readonly ItemResult[]): string {
  const growth = growthOf(results);
  const [first] = growth;
  if (first === undefined) return "";
  const sizes = first.sizes.map((size) => size.toLocaleString("en"));
  const rows = growth.map((one) => [
    `${one.series}, ${titleOf(one.contestant)}`,
    ...one.perTaskUs.map(figure),
    ratio(one.growth),
  ]);
  return `Growth: microseconds a task, and the worst from 10,000 up over ` +
    `10,000 (at most ${GROWTH_BOUND})\n` +
    columns([["", ...sizes, "growth"], ...rows]);
}

function ratioTable(results: readonly ItemResult[]): string {
  const peers = CONTESTANTS.map(({ name }) => name).filter((name) =>
    name !== "loopctl" && results.some(({ cells }) => cells.has(name))
  );
  if (peers.length === 0) return "";
  const rows = results.map((result) => [
    `${result.item.name}, ${result.item.metrics[0].unit}`,
    ...peers.map((name) => ratioCell(result, name)),
  ]);
  return `How many times better loopctl is\n` +
    columns([["", ...peers], ...rows]);
}

function ratioCell(result: ItemResult, name: string): string {
  const cell = result.cells.get(name);
  if (cell === undefined) return "";
  if ("missing" in cell) {
    return cell.missing.startsWith("failed") ? "failed" : "can't";
  }
  return ratio(advantage(result, name, result.item.metrics[0]));
}

function goalTable(goals: readonly Verdict[]): string {
  if (goals.length === 0) return "";
  const rows = goals.map((goal) => [
    `${goal.item}, ${goal.unit}`,
    boundOf(goal),
    goal.than === undefined ? figure(goal.value) : ratio(goal.value),
    goal.reached === undefined
      ? "not measured"
      : goal.reached
      ? "reached"
      : "MISSED",
  ]);
  return "Goals\n" + columns([["", "goal", "measured", ""], ...rows]);
}

function boundOf({ atMost, atLeast, than }: Verdict): string {
  const bound = atMost === undefined
    ? `≥ ${figure(atLeast)}`
    : `≤ ${figure(atMost)}`;
  return than === undefined ? bound : `${bound} × ${than}`;
}
