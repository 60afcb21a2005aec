import { assertEquals, assertStringIncludes } from "@std/assert";
import { CancelledError, TimeoutError } from "../../../mod.ts";
import { endedReply, outcomeReply } from "../../../src/cli/render/outcome.ts";
import { displayWidth } from "../../../src/cli/text/width.ts";
import { withoutStack } from "../../../src/errors.ts";
import type { Outcome } from "../../../src/task.ts";
import { NARROW, PIPED, snapshot, text } from "./samples.ts";

Deno.test("render says an outcome in a line, and below it what belongs to it", () => {
  const task = snapshot();
  const error = new AggregateError([new Error("a"), 3], "both", {
    cause: new TypeError("why"),
  });
  Object.assign(error, { code: "E1" });
  error.stack = "AggregateError: both\n    at page (file:///x/crawl.ts:3:5)";
  const outcomes: Outcome[] = [
    { state: "succeeded", value: "hi" },
    { state: "succeeded", value: undefined },
    { state: "failed", error },
    { state: "cancelled", reason: new CancelledError(), confirmed: true },
    {
      state: "cancelled",
      reason: new CancelledError("bored"),
      confirmed: false,
    },
    {
      state: "cancelled",
      reason: new TimeoutError("over 1s", "timeout", 1000),
      confirmed: true,
    },
    {
      state: "cancelled",
      reason: new CancelledError("bored"),
      confirmed: true,
      error: withoutStack(() => new RangeError("cleanup failed")),
    },
  ];
  assertEquals(
    outcomes.map((outcome) => text(outcomeReply(task, outcome))).join(
      "",
    ),
    `
#1 sleep  1.2s → "hi"
#1 sleep  1.2s → undefined
#1 sleep  1.2s failed: AggregateError: both
   at page (file:///x/crawl.ts:3:5)
   { code: "E1" }
   - Error: a
   - 3
   cause: TypeError: why
#1 sleep  1.2s cancelled
#1 sleep  1.2s cancelled: bored; it ignored its signal, and may still be running
#1 sleep  1.2s timed out: over 1s
#1 sleep  1.2s cancelled: bored; it threw RangeError: cleanup failed
`.slice(1),
  );
});

Deno.test("render tells of an end on a terminal with the value, as far as it goes", () => {
  const task = snapshot({ state: "succeeded" });
  const told = (value: unknown, style = NARROW): string =>
    text(endedReply({ task, outcome: { state: "succeeded", value } }), style);
  const end = "#1 sleep  succeeded after 1.2s";
  assertEquals(told(6), `${end} → 6\n`);
  assertEquals(told("a\nb"), `${end} → "a\\nb"\n`);
  assertEquals(told(undefined), `${end}\n`);
  assertEquals(
    told([{ a: 1 }, { b: [2] }]),
    `${end} → [ { a: 1 }, { b: [ 2 ] } ]\n`,
  );
  for (
    const long of [
      "x".repeat(50_000_000),
      { body: "漢".repeat(1000) },
      Array.from({ length: 100_000 }, (_, n) => n),
    ]
  ) {
    const line = told(long).trimEnd();
    assertEquals([displayWidth(line) <= 60, line.at(-1)], [true, "…"], line);
  }
  assertEquals(told(200, { ...NARROW, width: 36 }), `${end} → 200\n`);
  assertEquals(told(2000, { ...NARROW, width: 36 }), `${end}\n`);
  assertEquals(told(6, PIPED), `${end}\n`);
});

Deno.test("render cuts a long value on a terminal and says how long it is, and leaves it whole through a pipe", () => {
  const big = "x".repeat(50_000_000);
  const said = (value: unknown): string =>
    text(outcomeReply(snapshot(), { state: "succeeded", value }), NARROW);
  const whole = "x".repeat(1_000_000);
  assertEquals(
    text(outcomeReply(snapshot(), { state: "succeeded", value: whole })),
    `#1 sleep  1.2s → "${whole}"\n`,
  );
  assertEquals(
    said(big),
    `#1 sleep  1.2s → "${"x".repeat(200)}" … 50,000,000 characters in all\n`,
  );
  assertStringIncludes(said({ body: big }), "49999920 more characters");
  assertStringIncludes(
    said(new Uint8Array(50_000_000)),
    "Uint8Array(50000000)",
  );
  const fields = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n]),
  );
  assertStringIncludes(said(fields), "99,976 more fields");
});
