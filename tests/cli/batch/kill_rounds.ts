/**
 * A batch that is killed with SIGKILL at random moments, and resumed after each
 * until it is done.
 */
import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { Random } from "../../engine/random.ts";
import { Folder, type Line, TASKS } from "./folder.ts";

const INPUTS = 2000;
const KILLS = 3;
const POLL_MS = 1;

const OUT = "out.jsonl";

/** One round. Throws if an outcome was lost, torn, or written twice. */
export async function killRound(seed: number): Promise<void> {
  await using folder = new Folder();
  const random = new Random(seed);
  const inputs = Array.from({ length: INPUTS }, (_, n) => `input ${n}`);
  await folder.write("in.txt", inputs.join("\n"));
  let succeeded = new Set<string>();
  for (let run = 0; run <= KILLS; run++) {
    const log = `log-${run}`;
    await folder.write(log, "");
    const args = ["slowly", TASKS, log, "--lines", "in.txt", "--out", OUT]
      .concat(run === 0 ? [] : ["--resume"]);
    if (run === KILLS) {
      const { code, stderr } = await folder.map(args);
      assertEquals(code, 0, stderr);
    } else {
      await runAndKill(folder, args, log, random.below(INPUTS / 2));
      if (random.chance(0.5)) await tear(folder, random.below(100));
    }
    for (const input of await ran(folder, log)) {
      assert(!succeeded.has(input), `${input} ran again in run ${run}`);
    }
    succeeded = new Set(
      wholeLines(await folder.read(OUT).catch(() => ""))
        .filter(({ state }) => state === "succeeded")
        .map(({ key }) => key),
    );
  }
  const lines = wholeLines(await folder.read(OUT));
  assertEquals(lines.map(({ key }) => key).sort(), inputs.sort());
  assert(lines.every(({ key, value }) => value === key));
  assert((await folder.read(OUT)).endsWith("\n"));
}

/** Kills the batch when so many of its tasks have begun. */
async function runAndKill(
  folder: Folder,
  args: readonly string[],
  log: string,
  begun: number,
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: Folder.command(...args),
    cwd: folder.path,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = child.status.then(() => ended = true);
  while (!ended && (await ran(folder, log)).length < begun) {
    await delay(POLL_MS);
  }
  if (!ended) child.kill("SIGKILL");
  await status;
}

/** What the tasks of a run have noted; the last line may not be whole. */
async function ran(folder: Folder, log: string): Promise<string[]> {
  return (await folder.read(log)).split("\n").slice(0, -1);
}

/** Cuts off some bytes, as if the machine had gone down. */
async function tear(folder: Folder, bytes: number): Promise<void> {
  const path = folder.file(OUT);
  const { size } = await Deno.stat(path).catch(() => ({ size: 0 }));
  if (size > 0) await Deno.truncate(path, Math.max(0, size - bytes));
}

function wholeLines(text: string): Line[] {
  return text.split("\n").slice(0, -1).map((line): Line => JSON.parse(line));
}
