import fc from "fast-check";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { COMMANDS } from "../../../src/cli/commands/execute.ts";
import { COUNT, FLAG, TEXT } from "../../../src/cli/language/kinds.ts";
import { columnOf, LineError } from "../../../src/cli/language/line.ts";
import { isComplete, parseLine } from "../../../src/cli/language/parser.ts";
import { flagOf, usageOf } from "../../../src/cli/language/spec.ts";

const NOON = new Date(2031, 4, 1, 12, 0, 0).getTime();

/** The line, without the places of its words. */
async function parsed(line: string): Promise<unknown> {
  const parsed = await parseLine(line, COMMANDS, NOON);
  if (parsed === undefined) return undefined;
  const { command, args, options } = parsed;
  return JSON.parse(
    JSON.stringify(
      { name: command.name, args, options },
      (key, value) =>
        key === "start" || key === "end" || key === "quoted"
          ? undefined
          : value === Infinity
          ? "Infinity"
          : value,
    ),
  );
}

/** `column: message` of what is wrong. */
async function fault(line: string): Promise<string> {
  const error = await assertRejects(
    () => parseLine(line, COMMANDS, NOON),
    LineError,
    "",
    `${line} parsed`,
  );
  return `${columnOf(line, error.span)}: ${error.message}`;
}

Deno.test("parseLine takes an argument as JSON if it parses as JSON, else as text", async () => {
  assertEquals(
    await parsed(`submit f 3 -3 true hi "4" '"4"' {"a": [1]} {a} --name=n`),
    {
      name: "submit",
      args: {
        task: { text: "f" },
        args: [
          { text: "3", value: 3 },
          { text: "-3", value: -3 },
          { text: "true", value: true },
          { text: "hi", value: "hi" },
          { text: "4", value: 4 },
          { text: '"4"', value: "4" },
          { text: '{"a": [1]}', value: { a: [1] } },
          { text: "{a}", value: "{a}" },
        ],
      },
      options: { name: "n" },
    },
  );
});

Deno.test("parseLine takes options anywhere, and none after --", async () => {
  assertEquals(
    await parsed(
      "submit --timeout 2s f --retry 3 --backoff 50ms --priority -1 -- --name",
    ),
    {
      name: "submit",
      args: {
        task: { text: "f" },
        args: [{ text: "--name", value: "--name" }],
      },
      options: { timeout: 2000, retry: 3, backoff: 50, priority: -1 },
    },
  );
});

Deno.test("parseLine leaves the rest of the line to run as it is", async () => {
  const line = `run --timeout 1 'it'  ? "{ --name x" : 1 `;
  const { args, options } = (await parseLine(line, COMMANDS, NOON))!;
  assertEquals(
    [Object(args.source).text, options],
    [`'it'  ? "{ --name x" : 1`, { timeout: 1000 }],
  );
});

Deno.test("isComplete tells whether more text could end the line", async () => {
  for (
    const line of [
      "",
      "# it's a comment",
      "submit echo [1] {a} it\\'s",
      "submit echo 'a\nb' {\n}",
      "run [\n1]",
      "run a b",
      "run 'a",
      "nowhere 'a",
      "poll --nowhere 'a",
    ]
  ) assertEquals([line, await isComplete(line, COMMANDS)], [line, true]);
  for (
    const line of [
      "submit echo it's",
      'submit echo "a',
      "submit echo {a: [1}",
      "submit echo a\\",
      "gather echo 1 ; echo [",
      "run --timeout 1s [1,",
      "run `a",
      "run 1; {",
    ]
  ) assertEquals([line, await isComplete(line, COMMANDS)], [line, false]);
});

Deno.test("parseLine splits the calls of gather, each with its own options", async () => {
  assertEquals(
    await parsed(
      "gather --name g --on-failure cancel-rest a 1 ; b --name x; c ;",
    ),
    {
      name: "gather",
      args: {
        calls: [
          {
            args: { task: { text: "a" }, args: [{ text: "1", value: 1 }] },
            options: {},
            added: {},
          },
          {
            args: { task: { text: "b" }, args: [] },
            options: { name: "x" },
            added: {},
          },
          { args: { task: { text: "c" }, args: [] }, options: {}, added: {} },
        ],
      },
      options: { name: "g", onFailure: "cancel-rest" },
    },
  );
});

Deno.test("parseLine takes the options of a built-in after its name, and all that follows exec", async () => {
  const [fetching, running] = await Promise.all([
    parseLine("submit fetch --name f -H a:b x -Hc:d --no-fail", COMMANDS),
    parseLine("submit --name e exec a --name b -- -c", COMMANDS),
  ]);
  assertEquals([fetching!.options, fetching!.added], [
    { name: "f" },
    { header: ["a:b", "c:d"], noFail: true },
  ]);
  assertEquals([running!.options, running!.added], [{ name: "e" }, {}]);
  const { args } = running!.args as { args: { text: string }[] };
  assertEquals(args.map(({ text }) => text), ["a", "--name", "b", "--", "-c"]);
});

Deno.test("parseLine takes ids as one list, in whatever words they come", async () => {
  assertEquals(await parsed("cancel 1-4,#7 home 3.1 all --grace 1"), {
    name: "cancel",
    args: {
      ids: [
        { kind: "range", from: 1, to: 4 },
        { kind: "one", id: 7 },
        { kind: "name", name: "home" },
        { kind: "one", id: "3.1" },
        { kind: "all" },
      ],
    },
    options: { grace: 1000 },
  });
});

Deno.test("parseLine takes none as a limit that is lifted", async () => {
  assertEquals(await parsed("timeout 3 none"), {
    name: "timeout",
    args: { id: { kind: "one", id: 3 }, limit: null },
    options: {},
  });
  assertEquals(await parsed("deadline #3 90s"), {
    name: "deadline",
    args: { id: { kind: "one", id: 3 }, time: NOON + 90_000 },
    options: {},
  });
  assertEquals(await parsed("concurrency none"), {
    name: "concurrency",
    args: { limit: "Infinity" },
    options: {},
  });
});

Deno.test("parseLine knows an alias by its command's name", async () => {
  assertEquals(await parsed("ps"), {
    name: "poll",
    args: { ids: [] },
    options: {},
  });
});

Deno.test("parseLine skips blank lines and comments", async () => {
  for (const line of ["", "  \t", "# a", "  #3"]) {
    assertEquals(await parsed(line), undefined);
  }
});

Deno.test("parseLine says what is wrong, and in which column", async () => {
  const faults = {
    "sumbit x": `1: unknown command "sumbit"; did you mean submit?`,
    "xyzzy": `1: unknown command "xyzzy"; "help" lists the commands`,
    "submit": `8: "submit" needs TASK, as in: submit TASK [ARGS …]`,
    "run  ": `5: "run" needs EXPRESSION, as in: run EXPRESSION`,
    "gather": `8: "gather" needs TASK, as in: gather TASK ARGS ; …`,
    "gather a ; ; b": `12: "gather" needs TASK, as in: gather TASK ARGS ; …`,
    "timeout 3": `11: "timeout" needs D, as in: timeout ID D`,
    "help a b": `8: "b" is one argument too many for: help [COMMAND]`,
    "submit f --tiemout 3":
      `10: "submit" has no option --tiemout; did you mean --timeout?`,
    "submit f --timeout": "20: --timeout needs D",
    "submit f --timeout --name x": "20: --timeout needs D",
    "submit f --name a --name b": "19: --name is given twice",
    "wait --any=1": "6: --any takes no value",
    "submit f --timeout=3x":
      `20: "3x" is not a duration; durations are 500ms, 3s, 2m, 1h, or seconds`,
    "deadline 3 25:00":
      `12: "25:00" is not a time; times are 14:30, 2031-05-01T14:30, a ` +
      `duration from now such as 90s, or none`,
    "submit f --retry 0": `18: "0" is not a whole number from 1`,
    "submit f --priority x": `21: "x" is not a whole number`,
    "gather --on-failure cancelrest a":
      `21: "cancelrest" is neither cancel-rest nor keep-going; did you mean ` +
      `cancel-rest?`,
    "cancel 4-1": "8: the range 4-1 runs backwards",
    "cancel 1,,3":
      "8: an id is missing; ids are 3, #3, 1-4, 1,3, all, failed, a name, or na*",
    "timeout 1-2 1s": `9: "1-2" is not one task`,
    "result 1 >": "10: no file follows the >",
    "result 1 | ": "10: no command follows the |",
    "result 1 > f | jq": "14: the replies go to one file or command only",
    "result 1>f": "8: 1> is a descriptor in a shell: put a space before the >",
    "> f": "1: a command is missing",
    "result 1 --page > f": "21: --page goes with no > and no |",
    "poll ; wait":
      `6: a ; separates only the calls of "gather"; quote it to pass it on`,
    "submit 漢字 [1": "11: the bracket [ is not closed; quote it if it is text",
  };
  for (const [line, expected] of Object.entries(faults)) {
    assertEquals(await fault(line), expected, line);
  }
});

Deno.test("parseLine throws only LineErrors, and they lie within the line", async () => {
  const word = fc.oneof(
    fc.constantFrom(
      ...COMMANDS.names,
      "--name",
      "--timeout",
      ";",
      "--",
      "3s",
      "1-2",
      "[1",
      "'",
    ),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(word).map((words) => words.join(" ")),
      async (line) => {
        try {
          await parseLine(line, COMMANDS, NOON);
        } catch (error) {
          assertInstanceOf(error, LineError);
          const { start, end } = error.span;
          return start >= 0 && start <= line.length + 1 && end >= start;
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("every command has the name that the list loads it by, and each option once", async () => {
  for (const name of COMMANDS.names) {
    const command = await COMMANDS.load(name);
    assert(command !== undefined);
    assert(COMMANDS.names.includes(command.name));
    assertEquals(await COMMANDS.load(command.name), command);
    const flags = Object.keys(command.options).map(flagOf);
    assertEquals(new Set(flags).size, flags.length, name);
  }
});

Deno.test("every example of a command parses, and is of its command", async () => {
  for (const name of COMMANDS.names) {
    const command = await COMMANDS.load(name);
    for (const example of command?.examples ?? []) {
      const parsed = await parseLine(example, COMMANDS, NOON);
      assertEquals(parsed?.command, command, example);
    }
  }
});

Deno.test("usageOf brackets what is optional and dots what repeats", async () => {
  const submit = await COMMANDS.load("submit");
  assertEquals(usageOf(submit!), "submit TASK [ARGS …]");
});

Deno.test("an option with a letter can be typed as that, its value apart or attached", async () => {
  const spec = {
    name: "list",
    args: { words: { kind: TEXT, optional: true, many: true } },
    options: {
      rows: { kind: COUNT, short: "n", help: "" },
      all: { kind: FLAG, short: "a", help: "" },
    },
  } as const;
  const commands = { names: ["list"], load: () => Promise.resolve(spec) };
  const parsed = async (line: string): Promise<unknown> => {
    const { args, options } = (await parseLine(line, commands))!;
    return { ...options, words: args.words };
  };
  for (const line of ["-n 20", "-n20", "-n=20", "--rows 20", "--rows=20"]) {
    assertEquals(await parsed(`list ${line} x`), { rows: 20, words: ["x"] });
  }
  assertEquals(await parsed("list -a x -5 -x -"), {
    all: true,
    words: ["x", "-5", "-x", "-"],
  });
  await assertRejects(() => parsed("list -n -a"), LineError, "-n needs N");
  await assertRejects(() => parsed("list -ab"), LineError, "takes no value");
});
