/** Tasks that never yield: whatever is asked of their loop is answered. */
import { assertEquals } from "@std/assert";
import { deno } from "../helpers.ts";

async function scene(name: string): Promise<unknown> {
  const script = new URL("blocked_loop.ts", import.meta.url).href;
  const { code, stdout, stderr } = await deno([
    "run",
    "--no-check",
    "-A",
    script,
    name,
  ]);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

Deno.test("cancel of a task that never yields gives it up after its grace", async () => {
  assertEquals(await scene("cancel"), {
    state: "running",
    result: "ignored",
    abandoned: true,
    end: ["cancelled", "stop", "not confirmed"],
  });
});

Deno.test("the limits of a task that never yields fire all the same", async () => {
  assertEquals(await scene("limits"), [
    ["cancelled", "timeout", "not confirmed"],
    ["cancelled", "stall", "not confirmed"],
    ["cancelled", "deadline", "not confirmed"],
  ]);
});

Deno.test("tasks behind one that never yields are cancelled at once, or by their deadline", async () => {
  assertEquals(await scene("behind"), {
    states: ["queued", "queued", "queued"],
    result: "cancelled",
    linked: "cancelled",
    ends: [
      ["cancelled", "not needed", "confirmed"],
      ["cancelled", "deadline", "confirmed"],
      ["cancelled", "left", "confirmed"],
    ],
  });
});

Deno.test("health says that the loop is blocked, and by which task", async () => {
  assertEquals(await scene("health"), {
    state: "blocked",
    blocked: true,
    isSpinner: true,
    running: 2,
  });
});

Deno.test("waiting for a task that never yields gives up in its time, and sees its limit fire", async () => {
  assertEquals(await scene("wait"), {
    waited: 1,
    thrown: "TimeoutError",
    done: 1,
  });
});

Deno.test("a child that never yields does not keep the loop from being closed, nor its parent from its end", async () => {
  assertEquals(await scene("child"), [
    ["cancelled", "the loop was closed", "not confirmed"],
    ["cancelled", "its parent, task 1, ended", "not confirmed"],
  ]);
});

Deno.test("kill settles a task that never yields, and those behind it", async () => {
  const lost = ["failed", "LoopLostError"];
  assertEquals(await scene("kill"), [lost, lost]);
});

Deno.test("a task that yields to promises only is no better off", async () => {
  assertEquals(
    await scene("yields"),
    ["cancelled", "timeout", "not confirmed"],
  );
});
