/** Replies that go into files and to commands of the shell, from a script. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { IMPORT_MAP, RUN } from "../command_line.ts";
import { deno, type Finished } from "../helpers.ts";

/** Runs the lines in a folder of their own, whose name stands for `DIR`. */
async function inFolder(
  lines: readonly string[],
  check: (finished: Finished, read: (file: string) => string) => void,
  run: readonly string[] = RUN,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const stdin = lines.join("\n").replaceAll("DIR", folder);
    const finished = await deno([...run, "cli.ts"], { stdin });
    check(finished, (file) => Deno.readTextFileSync(`${folder}/${file}`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("> writes each value as a line of JSON, >> adds to the file", async () => {
  await inFolder([
    "run ({ status: 200, when: new Date(0), big: 10n })",
    "run 'tea'",
    "wait",
    "result 2 > DIR/f",
    "result 1 > DIR/f",
    "result 1-2 >>'DIR/f'",
    "result 1-2 --json > DIR/records",
  ], ({ code, stderr }, read) => {
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const page = {
      status: 200,
      when: "1970-01-01T00:00:00.000Z",
      big: { $type: "bigint", value: "10" },
    };
    const lines = read("f").trimEnd().split("\n");
    assertEquals(lines.map((line) => JSON.parse(line)), [page, page, "tea"]);
    const records = read("records").trimEnd().split("\n");
    assertEquals(
      records.map((line) => JSON.parse(line)).map((
        { type, id, value },
      ) => [type, id, value]),
      [["result", 1, page], ["result", 2, "tea"]],
    );
  });
});

Deno.test("--raw writes text and bytes as they are", async () => {
  await inFolder([
    "run 'a\\x1b[2Jb'",
    "run new Uint8Array([0, 255, 10])",
    "wait",
    "result 1 --raw > DIR/text",
    "result 1,2 --raw | od -An -tx1",
  ], ({ stdout }, read) => {
    assertEquals(read("text"), "a\x1b[2Jb");
    assertMatch(stdout, /^ 61 1b 5b 32 4a 62 00 ff 0a$/m);
  });
});

Deno.test("collect > FILE has a record for each outcome, failures too", async () => {
  await inFolder([
    "run 1",
    "run throw Object.assign(new RangeError('no'), { status: 503 })",
    "wait",
    "collect > DIR/f",
  ], ({ stdout }, read) => {
    const [one, two] = read("f").trimEnd().split("\n")
      .map((line) => JSON.parse(line));
    assertEquals([one.type, one.id, one.value], ["outcome", 1, 1]);
    assertEquals([two.id, two.error.name, two.error.fields], [
      2,
      "RangeError",
      { status: 503 },
    ]);
    assertEquals(stdout.includes("→ 1"), false, "collected once");
  });
});

Deno.test("| gives the replies to a shell command, in their turn", async () => {
  await inFolder([
    "run ({ status: 200 })",
    "wait",
    "result 1 | tr -d '{}' | tr : =",
    "poll --json | tr a-z A-Z",
    "poll > DIR/table",
    "run 6 > 5 | 1",
    "wait",
    "result 2",
  ], ({ code, stdout, stderr }, read) => {
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const [, , status, task, , , result] = stdout.split("\n");
    assertEquals(status, '"status"=200');
    assertMatch(task ?? "", /^\{"TYPE":"TASK","ID":1,/);
    assertEquals(result, "1");
    assertMatch(read("table"), /^#1 .* succeeded .*\n$/);
  });
});

Deno.test("a file that can't be written is named, and nothing is lost", async () => {
  await inFolder([
    "run 'kept'",
    "wait",
    "collect > DIR",
    "collect > DIR/nowhere/f",
    ...Deno.build.os === "linux" ? ["collect > /dev/full"] : [],
    "collect",
  ], ({ code, stdout, stderr }) => {
    assertEquals(code, 1);
    assertMatch(stderr, /column 11: error: can't write \/.*: Is a directory/);
    assertMatch(stderr, /can't write .*nowhere\/f: No such file/);
    if (Deno.build.os === "linux") {
      assertMatch(stderr, /can't write \/dev\/full: No space left/);
    }
    assertMatch(stdout, /^#1 'kept' {2}\S+ → "kept"$/m);
  });
});

Deno.test("a command that reads no more ends the reply, and that is no error", async () => {
  await inFolder([
    "run 'x'.repeat(3_000_000)",
    "run console.log('first'), console.log('second'), task.sleep(60000)",
    "wait 1",
    "result 1 | head -c 3",
    "logs 2 --follow | head -n 1",
    "cancel 2",
  ], ({ code, stdout, stderr }) => {
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertStringIncludes(stdout, '"xx');
    assertMatch(stdout, /first\n#2 .* cancelled\n/);
  });
});

Deno.test("a command that fails is shown, and fails the script", async () => {
  await inFolder(
    ["run 1", "wait", "result 1 | exit 3", "result 1 | kill -9 $$"],
    ({ code, stderr }) => {
      assertEquals(code, 1);
      assertEquals(
        stderr,
        "line 3, column 1: error: the command after the | exited with 3\n" +
          "line 4, column 1: error: the command after the | got SIGKILL\n",
      );
    },
  );
});

Deno.test("what has no result is told of on stderr, and not in the file", async () => {
  await inFolder(
    [
      "run 1",
      "run null.x",
      "submit sleep 60",
      "wait 1-2",
      "result 1-3 > DIR/f",
      "cancel 3",
    ],
    ({ code, stderr }, read) => {
      assertEquals(code, 1);
      assertEquals(read("f"), "1\n");
      assertMatch(stderr, /^#2 null\.x {2}\S+ failed: TypeError/m);
      assertMatch(stderr, /2 have no result: #2 failed, #3 running$/m);
    },
  );
});

Deno.test("a notice does not go into a file", async () => {
  await inFolder(["collect > DIR/f"], ({ stdout }, read) => {
    assertEquals([stdout, read("f")], ["nothing to collect\n", ""]);
  });
});

Deno.test("a file or a pipe says which permission it needs", async () => {
  const run = ["run", "--no-prompt", "--allow-read", ...IMPORT_MAP];
  await inFolder(["help > DIR/f", "help | cat"], ({ code, stderr }) => {
    assertEquals(code, 1);
    assertMatch(stderr, /error: > \/.*f needs --allow-write\n/);
    assertMatch(stderr, /error: a pipe needs --allow-run\n/);
  }, run);
});

Deno.test("a script of 1000 tasks: their results through the shell", async () => {
  const tasks = Array.from({ length: 1000 }, (_, n) => `submit sleep 0 ${n}`);
  await inFolder(
    [...tasks, "wait > DIR/ends", "result all | sort -n | uniq | wc -l"],
    ({ code, stdout }, read) => {
      assertEquals(code, 0);
      assertEquals(stdout.trimEnd().split("\n").at(-1)?.trim(), "1000");
      assertEquals(read("ends").trimEnd().split("\n").length, 1000);
    },
  );
});
