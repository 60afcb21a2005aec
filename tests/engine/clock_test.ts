/** The system's clock is set while a program runs. */
import { assertEquals } from "@std/assert";
import { RUN } from "../command_line.ts";
import { deno } from "../helpers.ts";

const HOUR = 3_600_000;

for (const isolation of ["worker", "process"]) {
  for (const [how, set] of [["on", HOUR], ["back", -HOUR]] as const) {
    Deno.test(`limits and times of a ${isolation} hold though the system's clock was set ${how} by an hour`, async () => {
      const script = new URL("clock_scenes.ts", import.meta.url).href;
      const { code, stdout, stderr } = await deno(
        [...RUN, "--no-check", script, isolation, `${set}`],
      );
      assertEquals([code, stderr], [0, ""]);
      assertEquals(JSON.parse(stdout), {
        moments: [true, true, true, true, true],
        blocked: ["running", false, true, true, true, "timeout"],
        deadlines: [
          ...["deadline", "running", "queued"],
          ...["deadline", "running", "queued"],
          ...["deadline", "deadline"],
        ],
      });
    });
  }
}
