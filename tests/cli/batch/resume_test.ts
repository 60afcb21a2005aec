/** A batch that goes on where another run has stopped. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Folder, outcomesIn, TASKS } from "./folder.ts";

/** Runs `note` over the inputs, which says what it ran. */
async function note(
  folder: Folder,
  inputs: readonly string[],
  ...options: string[]
): Promise<{ ran: string[]; code: number; stderr: string }> {
  await folder.write("in.txt", inputs.join("\n"));
  await folder.write("log", "");
  const { code, stderr } = await folder.map(
    ["note", TASKS, "log", "--lines", "in.txt", ...options],
  );
  const ran = (await folder.read("log")).split("\n").slice(0, -1)
    .map((line) => JSON.parse(line)).sort();
  return { ran, code, stderr };
}

for (const out of ["out.jsonl", "out.csv"]) {
  Deno.test(`--resume knows inputs by what they are, in ${out}`, async () => {
    await using folder = new Folder();
    const options = ["--out", out, "--resume"];
    await note(folder, ["a", "b,", 'c"', "bad", "d"], ...options);
    // One removed, two inserted, the others in another order.
    const { ran, code, stderr } = await note(
      folder,
      ["new 1", "d", "bad", 'c"', "new 2", "a"],
      ...options,
    );
    assertEquals(ran, ["bad", "new 1", "new 2"]);
    assertStringIncludes(
      stderr,
      "3 succeeded before, 1 failed before (to run again), 2 new\n",
    );
    assertEquals(code, 1);
  });

  Deno.test(`--resume=new leaves out what failed as well, in ${out}`, async () => {
    await using folder = new Folder();
    await note(folder, ["a", "bad"], "--out", out);
    const { ran, stderr } = await note(
      folder,
      ["b", "bad", "a"],
      "--out",
      out,
      "--resume=new",
    );
    assertEquals(ran, ["b"]);
    assertStringIncludes(
      stderr,
      "1 succeeded before, 1 failed before (left out too), 1 new\n",
    );
  });

  Deno.test(`a torn last line is cut off ${out}, and its input runs again`, async () => {
    await using folder = new Folder();
    await note(folder, ["a", "b"], "--out", out, "--concurrency", "1");
    const whole = await folder.read(out);
    await folder.write(out, whole.slice(0, -5));
    const { ran, stderr } = await note(
      folder,
      ["a", "b"],
      "--out",
      out,
      "--resume",
    );
    assertEquals(ran, ["b"]);
    assertMatch(stderr, /cut off a last line that was not whole \(\d+ bytes\)/);
    const lines = (text: string): string[] =>
      text.replaceAll(/"?start.*|,1,20.*/g, "").split("\n");
    assertEquals(lines(await folder.read(out)), lines(whole));
  });
}

Deno.test("--resume finds long keys, keys by a field, and refuses another task's file", async () => {
  await using folder = new Folder();
  const long = "x".repeat(1000);
  await note(folder, [long, "b"], "--out", "long.jsonl");
  const [, { key }] = await folder.outcomes("long.jsonl") as [never, never];
  assertMatch(key, /^sha256:[0-9a-f]{64}$/);
  const again = await note(folder, [long], "--out", "long.jsonl", "--resume");
  assertEquals(again.ran, []);

  await folder.write("in.csv", "id,n\nx,1\ny,1\n");
  const rows = ["echo", TASKS, "--csv", "in.csv", "--key", "id", "--resume"];
  await folder.map([...rows, "--out", "rows.jsonl"]);
  await folder.write("in.csv", "id,n\nx,2\nz,1\n");
  await folder.map([...rows, "--out", "rows.jsonl"]);
  assertEquals(
    outcomesIn(await folder.read("rows.jsonl")).map(({ key }) => key),
    ["x", "y", "z"],
  );

  const { code, stderr } = await note(
    folder,
    ["a"],
    "--out",
    "rows.jsonl",
    "--resume",
  );
  assertEquals({ code, stderr }, {
    code: 2,
    stderr: "loopctl: rows.jsonl is no output of note: " +
      "line 1 is an outcome of echo\n",
  });
});
