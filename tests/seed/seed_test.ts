/** Each program of the seed, beside the Python one that it stands for. */
import { assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { RUN } from "../command_line.ts";
import { deno, openLoop, ROOT } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  /** What it prints, a line that repeats counted once. */
  readonly prints: readonly string[];
  /** What the Python one's exit code is, where it is not 0. */
  readonly pythonCode?: number;
}

const FIRST_OF_THREE_CANCELLED = [
  "Task 0 cancelled",
  "Task 1 result: 2",
  "Task 2 result: 3",
];

const PROGRAMS: readonly Program[] = [
  { name: "01_gather", args: ["0.3"], prints: ["[1, 2, 3]"] },
  { name: "02_gather_timeout", args: ["0.3"], prints: ["[1, 2, 3]"] },
  {
    name: "02_gather_timeout",
    args: ["600", "0.1"],
    prints: ["timeout!"],
    // It goes on to return results that it does not have.
    pythonCode: 1,
  },
  {
    name: "03_poll",
    args: ["1", "0.1"],
    prints: [
      "Concurrency is done: False",
      "Concurrency is done: True",
      "[1, 2, 3]",
    ],
  },
  { name: "04_cancel_one", args: ["0.3"], prints: FIRST_OF_THREE_CANCELLED },
  {
    name: "05_clean_end",
    args: ["0.1"],
    prints: [
      "Task result: 1",
      "Loop is running: True",
      "Loop is running: False",
    ],
  },
  {
    name: "06_event_loop",
    args: ["0.3"],
    prints: ["Task 0 result: 1", "Task 1 cancelled", "Task 2 result: 3"],
  },
];

/** How often a poll finds a task running is the clock's affair. */
function distinctLines(text: string): string[] {
  return text.trimEnd().split("\n")
    .filter((line, i, lines) => line !== lines[i - 1]);
}

async function python(args: readonly string[]): Promise<Deno.CommandOutput> {
  return await new Deno.Command("python3", { args: [...args], cwd: ROOT })
    .output();
}

async function hasPython(): Promise<boolean> {
  try {
    return (await python(["--version"])).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const withoutPython = !await hasPython();

for (const { name, args, prints, pythonCode = 0 } of PROGRAMS) {
  const title = [name, ...args].join(" ");

  Deno.test(`seed ${title} prints what the seed says and ends by itself`, async () => {
    const ours = await deno([...RUN, `tests/seed/${name}.ts`, ...args]);
    assertEquals(ours.stderr, "");
    assertEquals(distinctLines(ours.stdout), prints);
    assertEquals(ours.code, 0);
  });

  Deno.test({
    name: `seed ${title} prints what the Python original prints`,
    ignore: withoutPython,
    fn: async () => {
      const theirs = await python([`tests/seed/python/${name}.py`, ...args]);
      const stdout = new TextDecoder().decode(theirs.stdout);
      assertEquals(distinctLines(stdout), prints);
      assertEquals(theirs.code, pythonCode);
    },
  });
}

Deno.test("gather runs its members side by side, none waits for another", async () => {
  await using loop = openLoop();
  // Each ends only when all three have begun: one after another would hang.
  const meet = async (everyone: number) => {
    const scope = globalThis as {
      meeting?: PromiseWithResolvers<void> & { present: number };
    };
    const meeting = scope.meeting ??= {
      ...Promise.withResolvers<void>(),
      present: 0,
    };
    if (++meeting.present === everyone) meeting.resolve();
    await meeting.promise;
    return meeting.present;
  };
  const group = loop.gather([[meet, [3]], [meet, [3]], [meet, [3]]]);
  assertEquals(await deadline(group.results(), PATIENCE_MS), [3, 3, 3]);
});
