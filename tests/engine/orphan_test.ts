/** No child outlives its program, however that ends. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { RUN } from "../command_line.ts";
import { DenoChild, openLoop } from "../helpers.ts";
import { until } from "../until.ts";
import { groupOf, isRunning } from "../processes.ts";

const FAMILY = [...RUN, "tests/engine/family.ts"];

async function pidsOf(family: DenoChild): Promise<number[]> {
  const pids = JSON.parse(await family.readLine()) as number[];
  assertEquals(pids.map(isRunning), [true, true, true]);
  return pids;
}

async function allGone(pids: readonly number[]): Promise<void> {
  await until(() => !pids.some(isRunning));
}

Deno.test("no process is left behind by a program that is killed", async () => {
  let pids: number[];
  {
    await using family = new DenoChild(FAMILY);
    pids = await pidsOf(family);
  }
  await allGone(pids);
});

Deno.test("no process is left behind by a program that is killed while its thread is busy", async () => {
  let pids: number[];
  {
    await using family = new DenoChild(FAMILY);
    pids = await pidsOf(family);
    await family.write("block\n");
    assertEquals(await family.readLine(), "blocked");
  }
  await allGone(pids);
});

Deno.test("no process is left behind by a program that exits without closing", async () => {
  await using family = new DenoChild(FAMILY);
  const pids = await pidsOf(family);
  await family.write("exit\n");
  assertEquals((await family.finish()).code, 0);
  await allGone(pids);
});

Deno.test("the process of a loop is not in the group that Ctrl-C goes to", async () => {
  await using loop = openLoop({ isolation: "process" });
  const pid = await loop.submit(() => Deno.pid);
  assertNotEquals(groupOf(pid), groupOf(Deno.pid));
});

Deno.test("the process of a loop is gone once close has resolved", async () => {
  let pid: number;
  {
    await using loop = openLoop({ isolation: "process" });
    pid = await loop.submit(() => Deno.pid);
  }
  assertEquals(isRunning(pid), false);
});

Deno.test("the process of a loop that is blocked ends with kill", async () => {
  await using loop = openLoop({ isolation: "process" });
  const pid = await loop.submit(() => Deno.pid);
  loop.submit(() => {
    for (;;);
  });
  await until(() => loop.health().state === "blocked");
  loop.kill();
  await until(() => !isRunning(pid));
});

Deno.test("the process of a loop that was lost is gone", async () => {
  await using loop = openLoop({ isolation: "process" });
  const pid = await loop.submit(() => Deno.pid);
  await loop.submit(() => {
    setTimeout(() => {
      for (;;);
    }, 20);
    Deno.exit();
  }).outcome();
  await until(() => !isRunning(pid));
});
