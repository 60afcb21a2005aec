import { assert, assertEquals, assertFalse } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import type { LoopController, TaskHandle } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop, ROOT } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { tasks } from "../tasks.ts";
import {
  describe,
  NATURAL_END,
  renderTable,
  type Row,
  type State,
  STATES,
  VALUE,
} from "./semantics.ts";
import { ROWS } from "./semantics_rows.ts";

/** What holds tasks back. */
class Gates implements Disposable {
  /** Before the task in front of a queued one. */
  readonly front = new Gate();
  /** Before the task itself. */
  readonly own = new Gate();

  open(): void {
    this.front.open();
    this.own.open();
  }

  [Symbol.dispose](): void {
    this.open();
  }
}

/**
 * Brings a task into `state`. It is in an array, since a handle that is
 * returned by an async function would be awaited.
 */
async function enter(
  state: State,
  loop: LoopController,
  { front, own }: Gates,
): Promise<[TaskHandle<number>]> {
  switch (state) {
    case "queued":
      loop.concurrency = 1;
      loop.submit(tasks.waitAt, [front.key, 0]);
      await front.arrivals();
      return [loop.submit(tasks.waitAt, [own.key, VALUE])];
    case "running": {
      const handle = loop.submit(tasks.waitAt, [own.key, VALUE]);
      await own.arrivals();
      return [handle];
    }
    case "cancelling": {
      const handle = loop.submit(tasks.cleanUpTill, [front.key, own.key]);
      await front.arrivals();
      handle.cancel("stop", { grace: PATIENCE_MS });
      await own.arrivals();
      return [handle];
    }
    case "succeeded": {
      const handle = loop.submit(tasks.echo, [VALUE]);
      await loop.wait([handle]);
      return [handle];
    }
    case "failed": {
      const handle = loop.submit(tasks.fail, ["boom"]);
      await loop.wait([handle]);
      return [handle];
    }
    case "cancelled": {
      const handle = loop.submit(tasks.waitAt, [own.key, VALUE]);
      await own.arrivals();
      await handle.cancel();
      return [handle];
    }
    case "loop closed": {
      const handle = loop.submit(tasks.waitAt, [own.key, VALUE]);
      await own.arrivals();
      loop.kill();
      return [handle];
    }
  }
}

/** Long enough for what comes by itself to come; too short fails nothing. */
async function aMoment(): Promise<void> {
  await delay(5);
}

async function comesTo(
  { make, say }: Row,
  loop: LoopController,
  handle: TaskHandle<number>,
): Promise<string> {
  try {
    const value = await make(loop, handle);
    if (say !== undefined) return say(value as never, handle);
    return value === VALUE ? "the value" : String(value);
  } catch (error) {
    assert(error instanceof Error);
    return `throws ${error.name}`;
  }
}

async function checkAnswer(
  row: Row,
  cell: string,
  loop: LoopController,
  handle: TaskHandle<number>,
  gates: Gates,
): Promise<void> {
  let came = false;
  const answer = comesTo(row, loop, handle).finally(() => came = true);
  const [, waits, expected] = /^(waits: )?(.*)$/.exec(cell)!;
  if (waits !== undefined) {
    await aMoment();
    assertFalse(came, "it did not wait");
    gates.open();
  }
  assertEquals(await deadline(answer, PATIENCE_MS), expected);
}

async function checkEffect(
  row: Row,
  cell: string,
  natural: string,
  loop: LoopController,
  handle: TaskHandle<number>,
  gates: Gates,
): Promise<void> {
  const before = describe(handle.peek());
  row.make(loop, handle);
  const [, later, expected] = /^(at its start: )?(.*)$/.exec(cell)!;
  if (later !== undefined || expected === "nothing") {
    await aMoment();
    assertEquals(describe(handle.peek()), before);
    if (later === undefined) gates.open();
    else gates.front.open();
  }
  const end = await deadline(handle.outcome(), PATIENCE_MS);
  assertEquals(describe(end), expected === "nothing" ? natural : expected);
}

for (const row of ROWS) {
  for (const [n, state] of STATES.entries()) {
    const cell = row.cells[n]!;
    Deno.test(`semantics of ${row.call}, ${state}: ${cell}`, async () => {
      await using loop = openLoop({ report: () => {} });
      using gates = new Gates();
      const [handle] = await enter(state, loop, gates);
      if (row.about === "answer") {
        await checkAnswer(row, cell, loop, handle, gates);
      } else {
        const natural = NATURAL_END[state];
        await checkEffect(row, cell, natural, loop, handle, gates);
      }
    });
  }
}

const BEGIN = "<!-- semantics: begin -->\n";
const END = "<!-- semantics: end -->\n";

Deno.test("the page of semantics shows the table as it is tested", async () => {
  const page = await Deno.readTextFile(
    new URL("src/controller/semantics.md", ROOT),
  );
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  assert(begin >= 0 && end > begin, "src/controller/semantics.md has no table");
  assertEquals(
    page.slice(begin + BEGIN.length, end).trim(),
    renderTable(ROWS).trim(),
    "the table in src/controller/semantics.md is not what renderTable gives",
  );
});
