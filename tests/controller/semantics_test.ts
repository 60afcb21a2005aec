import { HOUR, travel } from "./travel.ts";
import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import type { LoopController, TaskHandle } from "../../mod.ts";
import { openLoop, ROOT } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import {
  cellOf,
  describe,
  IN_LOOP,
  naturalEnd,
  ofEngine,
  renderTable,
  type Row,
  type State,
  STATES,
  VALUE,
} from "./semantics.ts";
import { ROWS } from "./semantics_rows.ts";
import { Stage } from "./semantics_states.ts";

/** Makes the Workers of loops such as can be taken into the future. */
class Travellers implements Disposable {
  readonly #workers: Worker[] = [];
  readonly #original = globalThis.Worker;

  constructor() {
    const workers = this.#workers;
    globalThis.Worker = class extends this.#original {
      constructor(url: string | URL, options?: WorkerOptions) {
        const isLoop = String(url).endsWith("/src/loop/worker.ts");
        const own = import.meta.resolve("./travelling_worker.ts");
        super(isLoop ? own : url, options);
        if (isLoop) workers.push(this);
      }

      override terminate(): void {
        workers.splice(workers.indexOf(this) >>> 0, 1);
        super.terminate();
      }
    };
  }

  /** Puts the clocks of both sides forward by an hour. */
  async travel(): Promise<void> {
    for (const worker of this.#workers) {
      const { promise, resolve } = Promise.withResolvers<void>();
      worker.addEventListener("message", () => resolve(), { once: true });
      worker.postMessage({ travel: HOUR });
      await deadline(promise, PATIENCE_MS);
    }
    travel(HOUR);
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#original;
  }
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

/** A task in a state, and what is needed to go on. */
interface Scene {
  readonly state: State;
  readonly loop: LoopController;
  readonly handle: TaskHandle<number>;
  readonly stage: Stage;
  readonly travellers: Travellers;
}

/** Checks answers to calls that do not get into each other's way. */
async function checkAnswers(
  rows: readonly (readonly [row: Row, cell: string])[],
  { loop, handle, stage, travellers }: Scene,
): Promise<void> {
  const asked = rows.map(([row, cell]) => {
    const [, waits, says] = /^(waits: )?(.*)$/.exec(cell)!;
    let came: string | undefined;
    const answer = comesTo(row, loop, handle).then((text) => came = text);
    const isRight = (): void => assertEquals(came, says, row.call);
    const waited = (): void => assertEquals(came, undefined, row.call);
    return { waits: waits !== undefined, answer, isRight, waited };
  });
  const atOnce = asked.filter(({ waits }) => !waits);
  await deadline(Promise.all(atOnce.map(({ answer }) => answer)), PATIENCE_MS);
  for (const { isRight } of atOnce) isRight();
  if (atOnce.length === asked.length) return;
  await travellers.travel();
  for (const { waits, waited } of asked) if (waits) waited();
  stage.open();
  await deadline(Promise.all(asked.map(({ answer }) => answer)), PATIENCE_MS);
  for (const { isRight } of asked) isRight();
}

async function checkEffect(
  row: Row,
  cell: string,
  { state, loop, handle, stage, travellers }: Scene,
): Promise<void> {
  const before = describe(handle.peek());
  row.make(loop, handle);
  const [, later, expected] = /^(at its start: )?(.*)$/.exec(cell)!;
  if (later !== undefined || expected === "nothing") {
    await travellers.travel();
    assertEquals(describe(handle.peek()), before);
    if (later === undefined) stage.open();
    else stage.front.open();
  }
  const end = await deadline(handle.outcome(), PATIENCE_MS);
  assertEquals(
    describe(end),
    expected === "nothing" ? naturalEnd(state) : expected,
  );
}

/** Sets the scene, and tests what is to be tested there. */
async function inScene(
  { state, loop, travellers }: Pick<Scene, "state" | "loop" | "travellers">,
  check: (scene: Scene) => Promise<void>,
): Promise<void> {
  loop.concurrency = Infinity;
  await using stage = new Stage();
  const [handle] = await stage.enter(state, loop);
  await check({ state, loop, handle, stage, travellers });
}

for (const isolation of ["worker", "process"] as const) {
  // What has no task in the loop does not depend on what carries it.
  for (const state of isolation === "worker" ? STATES : IN_LOOP) {
    const cells = ROWS.map((row) =>
      [row, ofEngine(cellOf(row, state), isolation)] as const
    );
    const test = (
      name: string,
      run: (
        scene: Parameters<typeof inScene>[0],
        t: Deno.TestContext,
      ) => Promise<void>,
    ): void =>
      Deno.test(`semantics of ${name}: ${state}, ${isolation}`, async (t) => {
        using travellers = new Travellers();
        await using loop = openLoop({ isolation, onWarning: () => {} });
        await run({ state, loop, travellers }, t);
      });
    const checkCell = ([row, cell]: typeof cells[number]) => (scene: Scene) =>
      row.about === "answer"
        ? checkAnswers([[row, cell]], scene)
        : checkEffect(row, cell, scene);
    const asking = cells.filter(([{ changes }]) => !changes);
    test(
      "what only asks",
      (scene) => inScene(scene, (scene) => checkAnswers(asking, scene)),
    );
    const ofTask = cells.filter(([{ changes }]) =>
      changes === "task" && state !== "loop closed"
    );
    if (ofTask.length > 0) {
      test("what changes a task", async (scene, t) => {
        for (const cell of ofTask) {
          const [{ call }, says] = cell;
          await t.step(
            `${call}: ${says}`,
            () => inScene(scene, checkCell(cell)),
          );
        }
      });
    }
    for (const cell of cells) {
      const [{ call, changes }, says] = cell;
      if (!changes || ofTask.includes(cell)) continue;
      test(`${call}: ${says}`, (scene) => inScene(scene, checkCell(cell)));
    }
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
