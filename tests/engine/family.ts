/**
 * A program with children: loops in processes, one idle, one that never yields,
 * one of an isolated task. It prints their ids, then ends as it is told to.
 */
import { LoopController } from "../../mod.ts";
import { until } from "../until.ts";

const idle = new LoopController({ isolation: "process" });
const busy = new LoopController({ isolation: "process" });
const spin = busy.submit(() => {
  console.log(Deno.pid);
  setTimeout(() => {
    for (;;);
  });
  return new Promise(() => {});
});
const isolated = new LoopController().submit(
  () => {
    console.log(Deno.pid);
    return new Promise(() => {});
  },
  [],
  { isolate: true },
);
await until(() => spin.logs().length + isolated.logs().length === 2);
await until(() => busy.health().state === "blocked");
const pids = [
  await idle.submit(() => Deno.pid),
  ...[spin, isolated].map((one) => Number(one.logs()[0]!.text)),
];
console.log(JSON.stringify(pids));

const buffer = new Uint8Array(16);
const length = await Deno.stdin.read(buffer) ?? 0;
switch (new TextDecoder().decode(buffer.subarray(0, length)).trim()) {
  case "exit":
    Deno.exit();
    break;
  case "block":
    console.log("blocked");
    for (;;);
}
