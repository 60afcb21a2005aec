/**
 * Random batches beside what a model of `map` allows. A failure prints the seed
 * and the smallest batch that fast-check has found.
 */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import {
  type BatchResult,
  type BatchUntil,
  CancelledError,
  taskModule,
} from "../../../mod.ts";
import { openLoop } from "../../helpers.ts";

const { act, mostAtOnce } = taskModule<typeof import("./acting.ts")>(
  import.meta.resolve("./acting.ts"),
);

const RUNS = 60;

interface Plan {
  /** What each input does: its number of turns, and whether it fails then. */
  readonly inputs: readonly (readonly [turns: number, fails: boolean])[];
  readonly concurrency: number;
  readonly ordered: boolean;
  readonly async: boolean;
  readonly until: BatchUntil;
  readonly perKey: number | undefined;
  /** After how many results the reader leaves. */
  readonly leaves: number | undefined;
}

const PLAN: fc.Arbitrary<Plan> = fc.record({
  inputs: fc.array(
    fc.tuple(fc.nat(3), fc.nat(4).map((n) => n === 0)),
    { maxLength: 150 },
  ),
  concurrency: fc.integer({ min: 1, max: 9 }),
  ordered: fc.boolean(),
  async: fc.boolean(),
  until: fc.oneof(
    fc.constant("all" as const),
    fc.constant("first-failure" as const),
    fc.record({ failures: fc.integer({ min: 1, max: 5 }) }),
  ),
  perKey: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  leaves: fc.option(fc.nat(20), { nil: undefined, freq: 4 }),
});

async function* slowly<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

Deno.test("random batches keep their order, bounds and limits", async () => {
  await using loop = openLoop();
  await fc.assert(
    fc.asyncProperty(PLAN, async (plan) => {
      const { concurrency, ordered, until, perKey, leaves } = plan;
      const limits = perKey === undefined
        ? {}
        : { perKey, key: ([turns]: readonly [number, boolean]) => `${turns}` };
      const batch = loop.map(
        act,
        plan.async ? slowly(plan.inputs) : plan.inputs,
        { concurrency, ordered, until, ...limits },
      );
      const seen: BatchResult<readonly [number, boolean], number>[] = [];
      let thrown: unknown;
      try {
        for await (const result of batch) {
          seen.push(result);
          if (seen.length === leaves) break;
        }
      } catch (error) {
        thrown = error;
      }
      await loop.wait();
      const left = leaves !== undefined && seen.length === leaves;
      checkSeen(plan, seen, left, thrown);
      const most = await loop.submit(mostAtOnce);
      assertLessOrEqual(most.all, concurrency);
      if (perKey !== undefined) assertLessOrEqual(most.perTurns, perKey);
    }),
    { numRuns: RUNS },
  );
});

function checkSeen(
  { inputs, ordered, until }: Plan,
  seen: readonly BatchResult<readonly [number, boolean], number>[],
  left: boolean,
  thrown: unknown,
): void {
  const indices = seen.map(({ index }) => index);
  assertEquals(
    new Set(indices).size,
    seen.length,
    "an input was yielded twice",
  );
  if (ordered) assertEquals(indices, indices.toSorted((a, b) => a - b));
  for (const { index, input, outcome } of seen) {
    assertEquals(input, inputs[index]);
    if (outcome.state === "cancelled") continue;
    assertEquals(outcome.state, input[1] ? "failed" : "succeeded");
  }
  if (left) return assertEquals(thrown, undefined);
  const failures = seen.filter(({ outcome }) => outcome.state === "failed");
  const most = until === "first-failure"
    ? 1
    : typeof until === "object" && "failures" in until
    ? until.failures
    : Infinity;
  if (failures.length < most) {
    assertEquals(thrown, undefined);
    assertEquals(seen.length, inputs.length);
  } else {
    assert(thrown instanceof CancelledError, `${thrown}`);
  }
}
