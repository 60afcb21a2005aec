/** Random and mutated lines, through the real parser, commands and loop. */
import fc from "fast-check";
import { assert, assertEquals } from "@std/assert";
import { COMMANDS, Shell } from "../../../src/cli/commands/execute.ts";
import { LineError } from "../../../src/cli/language/line.ts";
import { parseLine } from "../../../src/cli/language/parser.ts";
import { flagOf, labelOf } from "../../../src/cli/language/spec.ts";
import { render, type Reply } from "../../../src/cli/render/reply.ts";
import { Session } from "../../../src/cli/session/session.ts";
import { BUILTIN_MODULE } from "../../../src/cli/session/builtins.ts";
import { openLoop } from "../../helpers.ts";
import { runsOf } from "../../runs.ts";

const LINES = runsOf(20_000);
const LINES_A_RUN = 100;

/** Milliseconds after which a line that waits is left, as with Ctrl-C. */
const PATIENCE = 3;

/** For each command, what stands for its arguments and its options. */
const USES = new Map(
  await Promise.all(COMMANDS.names.map(async (name) => {
    const { args, options } = (await COMMANDS.load(name))!;
    const uses = {
      labels: Object.values(args).map(labelOf),
      options: Object.entries(options)
        .map(([key, option]) => ({ flag: flagOf(key), label: labelOf(option) }))
        // A process for a task takes its time to start: there are none here. And
        // no file is written.
        .filter(({ flag }) => flag !== "--isolate" && flag !== "--out"),
    };
    return [name, uses] as const;
  })),
);

const FLAGS = [...USES.values()]
  .flatMap(({ options }) => options.map(({ flag }) => flag));

/** What stands in lines, and what should not. */
const WORDS = [
  ...["1", "#2", "1-4", "1,3", "3.1", "all", "none", "nap", "group-1"],
  ...["sleep 0", "sleep 0 hi", "sleep 60", "fetch", "fetch nowhere", "; ;"],
  ...["500ms", "3s", "1h", "0", "-1", "1e999", "9".repeat(400), "14:30"],
  ...["2031-05-01T14:30", "NaN", "Infinity", "-0", "0x10", "1_000"],
  ...["{", "}", '{"a": [1', '{"a": [1]}', "'", '"', "\\", "'a", '"b'],
  ...["", " ", "\t", "\0", "\x1b[2J", "\x7f", "\u202e", "\ud800", "👩‍👩‍👧"],
  ...["__proto__", "constructor", "toString", "--", "---", "--x=", "--name="],
  ...["1 + 1", "null.x", "await 1", "throw 1", "() => 1", "}{", "`", "/*"],
];

const word = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.constantFrom(...FLAGS),
  fc.constantFrom(...FLAGS).chain((flag) =>
    fc.constantFrom(...WORDS).map((value) => `${flag}=${value}`)
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.bigInt().map(String),
  fc.json({ maxDepth: 1 }),
);

/** A kill may start a new loop, which takes its time: few lines are one. */
const command = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.constantFrom(
      // A shell would act on what follows the `!`.
      ...COMMANDS.names.filter((name) => !["kill", "use", "!"].includes(name)),
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom("kill", "use") },
);

/** For each label of an argument what is right at times. */
const RIGHT: Readonly<Record<string, readonly string[]>> = {
  TASK: ["sleep", "builtin.sleep"],
  ARGS: ["0", "60", "hi", '"a b"', '{"a": 1}', "1..9", "{} ::: 0 60 0"],
  IDS: ["1", "#2", "1-9", "all", "nap", "group-1", "sleep"],
  ID: ["1", "2", "9", "nap"],
  D: ["0", "1ms", "3s", "1h", "none"],
  TIME: ["14:30", "90s", "none"],
  "N|BATCH": ["1", "3", "nap 2"],
  N: ["1", "3", "-1", "5", "none"],
  NAME: ["nap", "3", "all"],
  TEXT: ["nap", "'a b'", "--"],
  FIELD: ["id"],
  WHEN: ["first-failure", "2", "50%"],
  new: [""],
  MODULE: ["data:text/javascript,export%20const%20f=()=%3E1"],
  COMMAND: COMMANDS.names,
  FILE: ["nowhere"],
  "IDS… FILE.svg|FILE.json": ["", "1", "all", "nap"],
  WHAT: ["cancel-rest", "keep-going"],
  EXPRESSION: [
    "1 + 1",
    "null.x",
    "await task.sleep(60000)",
    "console.log('\0')",
  ],
  "TASK ARGS ; …": ["sleep 0 ; sleep 0 b", "sleep 60 --name nap ; sleep 0"],
  "": [""],
};

function argument(label: string): fc.Arbitrary<string> {
  const right = RIGHT[label];
  if (right === undefined) throw new Error(`no words for ${label}`);
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: word },
  );
}

/** A line as its command wants it, nearly always. */
const rightLine = command.chain((name) => {
  const { labels, options } = USES.get(name)!;
  const option = fc.subarray(options, {
    maxLength: Math.min(2, options.length),
  }).chain((some) =>
    fc.tuple(
      ...some.map(({ flag, label }) =>
        argument(label).map((value) => `${flag} ${value}`)
      ),
    )
  );
  return fc.tuple(option, fc.tuple(...labels.map(argument)))
    .map(([given, args]) => [name, ...given, ...args].join(" "));
});

const commandLine = fc.tuple(
  command,
  fc.array(word, { maxLength: 5 }),
).map(([name, words]) => [name, ...words].join(" "));

const mutatedLine = fc.tuple(
  fc.oneof(rightLine, commandLine),
  fc.nat(),
  fc.nat({ max: 3 }),
  fc.string({ unit: "binary", maxLength: 3 }),
).map(([line, at, length, text]) => {
  const start = at % (line.length + 1);
  return line.slice(0, start) + text + line.slice(start + length);
});

const randomLine = fc.string({ unit: "binary", maxLength: 40 });

const anyLine = fc.oneof(
  { weight: 3, arbitrary: rightLine },
  { weight: 3, arbitrary: mutatedLine },
  { weight: 2, arbitrary: commandLine },
  { weight: 2, arbitrary: randomLine },
).filter((line) => !line.trimStart().startsWith("!"));

/** A shell or a file would get what follows: such lines are parsed, not run. */
const SIGNS = /[>|]/g;

/** Control characters, but for the newlines between lines. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/;

function checkReply(reply: Reply): void {
  for (const width of [Infinity, 40]) {
    const text = render(reply, { width, color: false, now: 0 });
    assertEquals(CONTROL.exec(text.replaceAll("\t", "")), null, text);
  }
  for (const line of render(reply, "json").trimEnd().split("\n")) {
    assert(typeof JSON.parse(line).type === "string", line);
  }
}

Deno.test(`${LINES} random and mutated lines never crash the prompt, and are answered`, async () => {
  // What the lines start may do nothing outside.
  await using loop = openLoop({
    isolation: "process",
    permissions: {},
    onWarning: () => {},
  });
  const session = new Session(loop);
  await loop.exportsOf(BUILTIN_MODULE);
  const replies: Reply[] = [];
  const shell = new Shell(session, (reply) => replies.push(reply));

  const check = async (line: string): Promise<void> => {
    replies.length = 0;
    const leave = new AbortController();
    const timer = setTimeout(() => leave.abort(), PATIENCE);
    await shell.run({ text: line }, leave.signal);
    clearTimeout(timer);
    const comment = /^\s*(#|$)/.test(line);
    assert(comment || leave.signal.aborted || replies.length > 0, "no reply");
    replies.forEach(checkReply);
  };

  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine.map((line) => line.replaceAll(SIGNS, "")), {
        minLength: LINES_A_RUN,
        maxLength: LINES_A_RUN,
      }),
      async (lines) => {
        for (const line of lines) {
          await check(line).catch((cause) => {
            throw new Error(`on the line ${JSON.stringify(line)}`, { cause });
          });
        }
        await session.endBatches();
        for (const handle of loop.list()) {
          if (!handle.done) handle.cancel(undefined, { grace: 0 });
        }
        await loop.wait();
        loop.collect();
      },
    ),
    { numRuns: LINES / LINES_A_RUN, endOnFailure: true },
  );
});

Deno.test("a line with > and | anywhere in it is parsed or refused", async () => {
  const sign = fc.constantFrom(">", ">>", "|", " > ", " >>", "| ", " f ");
  const line = fc.array(fc.oneof(sign, word, command), { maxLength: 8 })
    .map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(line, async (line) => {
      const parsed = await parseLine(line, COMMANDS).catch((error) => error);
      assert(!(parsed instanceof Error) || parsed instanceof LineError, parsed);
    }),
    { numRuns: 5000 },
  );
});
