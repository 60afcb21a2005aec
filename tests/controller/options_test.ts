/** Every option and argument of every call, given what it can't be. */
import { assertEquals, assertIsError } from "@std/assert";
import { LoopController, type TaskHandle } from "../../mod.ts";
import { openLoop } from "../helpers.ts";
import { Gate } from "../gate.ts";
import { tasks } from "../tasks.ts";

type Bad = readonly [name: string, ...values: readonly unknown[]];

const MS = [-1, NaN, "5", 5n, null];
const OPTIONS: Bad = ["options", null, 5, "fast"];
const REASON: Bad = ["reason", 5, null, {}, ["why"]];
const HANDLES: Bad = ["handles", 5, null, "all", {}];
const SUBMIT: readonly Bad[] = [
  ["name", 3, null],
  ["timeout", ...MS],
  ["deadline", NaN, "noon", null, new Date(NaN)],
  ["stallTimeout", ...MS],
  ["priority", "high", NaN, Infinity, null],
  ["grace", ...MS],
  ["signal", {}, null, new AbortController()],
  ["retry", 3, null, true],
  ["isolate", 1, "yes", null],
  ["onLoopLost", "retry", null, true],
];
const WAIT: readonly Bad[] = [["until", -1, "some", null], ["timeout", ...MS]];
const CANCEL: readonly Bad[] = [["grace", ...MS]];

type Make = (
  value: never,
  loop: LoopController,
  handle: TaskHandle<number>,
) => unknown;

/** A call, what is wrong with its argument, and what with options in it. */
const CALLS: Readonly<Record<string, readonly [Make, ...Bad[]]>> = {
  "submit": [
    (options, loop) => loop.submit(tasks.echo, [1], options),
    OPTIONS,
    ...SUBMIT,
    ["transfer", 5, null, {}],
  ],
  "submit's arguments": [
    (args, loop) => loop.submit(tasks.echo, args),
    ["args", 5, null, "ab", {}],
  ],
  "gather": [
    (options, loop) => loop.gather([[tasks.echo, [1]]], options),
    OPTIONS,
    ...SUBMIT,
    ["onFailure", "bogus", null, true],
  ],
  "gather's entries": [
    (entry, loop) => loop.gather([entry]),
    ["an entry of gather", 5, null, () => 1],
  ],
  "cancel": [
    (options, _, handle) => handle.cancel("why", options),
    OPTIONS,
    ...CANCEL,
  ],
  "cancel's reason": [(reason, _, handle) => handle.cancel(reason), REASON],
  "a group's cancel": [
    (options, loop) => loop.gather([]).cancel("why", options),
    OPTIONS,
    ...CANCEL,
  ],
  "a group's cancel's reason": [
    (reason, loop) => loop.gather([]).cancel(reason),
    REASON,
  ],
  "a group's setTimeout": [
    (ms, loop) => loop.gather([]).setTimeout(ms),
    ["timeout", -1, NaN, "5", undefined],
  ],
  "a group's setDeadline": [
    (at, loop) => loop.gather([]).setDeadline(at),
    ["deadline", NaN, "noon", undefined],
  ],
  "the loop's cancel": [
    (options, loop) => loop.cancel([], "why", options),
    OPTIONS,
    ...CANCEL,
  ],
  "the loop's cancel's reason": [
    (reason, loop) => loop.cancel([], reason),
    REASON,
  ],
  "the loop's cancel's handles": [
    (handles, loop) => loop.cancel(handles),
    HANDLES,
  ],
  "kill": [(reason, _, handle) => handle.kill(reason), REASON],
  "within": [(ms, _, handle) => handle.within(ms), ["ms", ...MS, undefined]],
  "resultSync": [
    (ms, _, handle) => handle.resultSync(ms),
    ["timeoutMs", ...MS],
  ],
  "onSettled": [
    (callback, _, handle) => handle.onSettled(callback),
    ["callback", 5, null, {}],
  ],
  "followLogs": [
    (options, _, handle) => handle.followLogs(options),
    OPTIONS,
    ["signal", {}, null],
  ],
  "wait": [
    (options, loop) => loop.wait([], options),
    OPTIONS,
    ...WAIT,
    ["signal", {}, null],
  ],
  "wait's handles": [(handles, loop) => loop.wait(handles), HANDLES],
  "waitSync": [(options, loop) => loop.waitSync([], options), OPTIONS, ...WAIT],
  "waitSync's handles": [(handles, loop) => loop.waitSync(handles), HANDLES],
  "asCompleted": [
    (options, loop) => loop.asCompleted([], options),
    OPTIONS,
    ["timeout", ...MS],
    ["signal", {}, null],
  ],
  "asCompleted's handles": [
    (handles, loop) => loop.asCompleted(handles),
    HANDLES,
  ],
  "collect's handles": [(handles, loop) => loop.collect(handles), HANDLES],
  "close": [
    (options, loop) => loop.close(options),
    OPTIONS,
    ["cancel", "all", 1, null],
    ["timeout", ...MS],
  ],
  "a controller": [
    (options) => new LoopController(options),
    OPTIONS,
    ["name", 3, null],
    ["concurrency", 0, 1.5, "all", null],
    ["isolatedConcurrency", 0, 1.5, "all", null],
    ["history", 0, -1, null],
    ["console", "silent", true, null],
    ["grace", ...MS],
    ["isolation", "thread", null],
    ["permissions", 5, null, "none"],
    ["memoryMb", 0, 1.5, null],
    ["onWarning", "console", null],
  ],
};

for (const [call, [make, ...wrong]] of Object.entries(CALLS)) {
  Deno.test(`${call} refuses what it can't use, names it, and does nothing`, async () => {
    await using loop = openLoop();
    using gate = new Gate();
    const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
    for (const [name, ...values] of wrong) {
      for (const value of values) {
        // What stands by itself is given as it is, the rest inside the options.
        const alone = wrong.length === 1 || name === "options";
        const given = alone ? value : { [name]: value };
        const error = await failureOf(() => make(given as never, loop, handle));
        const what = `Cannot use ${Deno.inspect(value)} as ${name}: it must be`;
        assertIsError(error, undefined, what);
      }
    }
    assertEquals(loop.list(), [handle]);
    gate.open();
    assertEquals(await handle, 1);
  });
}

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

Deno.test("an option that is there and undefined is one that is left out", async () => {
  await using loop = openLoop();
  const nothing = {
    name: undefined,
    timeout: undefined,
    retry: undefined,
    signal: undefined,
  };
  assertEquals(await loop.submit(tasks.echo, [1], nothing as never), 1);
});
