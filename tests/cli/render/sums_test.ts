import { assertEquals } from "@std/assert";
import { statesText, sumsLine } from "../../../src/cli/render/sums.ts";

const SUMS = { total: 500, done: 312, failed: 3, lately: 62, ms: 5000 };

Deno.test("sumsLine says how far many tasks are, with a bar where there is room", () => {
  assertEquals(
    sumsLine(SUMS, 80),
    "████████████▌░░░░░░░ 312 of 500 done · 3 failed · 12.4/s · 15.2s left",
  );
  assertEquals(
    sumsLine({ ...SUMS, failed: 0, lately: 0 }, 28),
    "███████▌░░░░ 312 of 500 done",
  );
  assertEquals(sumsLine(SUMS, 24), "312 of 500 done · 3 fai…");
  assertEquals(
    sumsLine({ total: 2, done: 2, failed: 0, lately: 2, ms: 1000 }, 40),
    "████████████████████ 2 of 2 done · 2/s",
  );
});

Deno.test("statesText counts the tasks in each state", () => {
  assertEquals(statesText([]), "0 tasks");
  assertEquals(
    statesText(["running", "failed", "running"]),
    "3 tasks: 2 running, 1 failed",
  );
});
