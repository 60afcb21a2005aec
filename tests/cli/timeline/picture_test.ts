import { assert, assertEquals } from "@std/assert";
import type { Style } from "../../../src/cli/text/style.ts";
import { displayWidth } from "../../../src/cli/text/width.ts";
import { layOut } from "../../../src/cli/timeline/layout.ts";
import { pictureLines } from "../../../src/cli/timeline/picture.ts";
import type { TaskSnapshot } from "../../../src/task.ts";
import { NOON } from "../render/samples.ts";
import { many, ran } from "./samples.ts";

function picture(tasks: readonly TaskSnapshot[], width: number): string[] {
  const style: Style = { width, color: false, now: NOON };
  return pictureLines(layOut(tasks, NOON + 100), style);
}

Deno.test("a picture shows slots over time, who waited, and what the signs mean", () => {
  assertEquals(
    picture([
      ran(1, [0, 0, 50]),
      ran(2, [0, 0, 25], { state: "failed" }),
      ran(3, [0, 25, 50]),
      ran(4, [0, 50, 100], { state: "cancelled", stopAskedAt: NOON + 75 }),
      ran(5, [50]),
    ], 41),
    [
      "5 tasks · 3 slots",
      "waiting, … ████████▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
      "#1 sleep   ███████████████",
      "slot 2     ✗✗✗✗✗✗✗✗███████▒▒▒▒▒▒▒╌╌╌╌╌╌╌╌",
      "#5 sleep                  ···············",
      "           |0ms           |50ms",
      "✗ failed  ╌ cancelling  ▒ cancelled  █ succeeded  · queued",
    ],
  );
});

Deno.test("a picture tells tasks apart that follow each other in a slot", () => {
  const [, line] = picture([ran(1, [0, 0, 50]), ran(2, [0, 50, 100])], 41)
    .slice(1);
  assertEquals(line, "slot 1     ███████████████│██████████████");
});

Deno.test("a picture of many tasks fits the screen", () => {
  for (const width of [40, 80, 200]) {
    for (const lanes of [1, 8, 1000, 10_000]) {
      const lines = picture(many(10_000, lanes), width);
      assert(lines.length < 40, `${lines.length} lines`);
      for (const line of lines.slice(0, -1)) {
        assert(displayWidth(line) <= width, line);
      }
    }
  }
});
