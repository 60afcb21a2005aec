/**
 * The least permissions for each use, as the guide on engines lists them: with
 * these flags the use works, and without one of them an error names it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { IMPORT_MAP } from "../../command_line.ts";
import { deno, type Finished, ROOT } from "../../helpers.ts";

const [, table] = (await Deno.readTextFile(
  new URL("src/engine/engines.md", ROOT),
)).split(/<!-- least permission: (?:begin|end) -->/);

/** The flags for each use, from the table. */
const FLAGS = new Map(
  table!.trim().split("\n").slice(2).map((row): [string, string[]] => {
    const [, use, flags] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return [use!, flags!.replaceAll("`", "").split(" ")];
  }),
);

const TASKS = new URL("least_tasks.ts", import.meta.url).pathname;
const PROGRAM = new URL("least_program.ts", import.meta.url).pathname;

/** Commands after which task 1 has a result. */
const RUN = "run 6 * 7\nwait 1\n";

/** How each use is tried, and what it then writes to stdout. */
const USES: readonly (readonly [use: string, args: string[], shown: RegExp])[] =
  [
    ["a program with a Worker", [PROGRAM, "worker"], /^42$/m],
    ["a program with a child process", [PROGRAM, "process"], /^42$/m],
    [
      "the prompt, with a module of tasks",
      ["cli.ts", TASKS, "--eval", "submit answer"],
      /→ 42/,
    ],
    ["`submit --isolate`", ["cli.ts", "--eval", "run --isolate 6 * 7"], /→ 42/],
    ["`submit fetch`", ["cli.ts", "--eval", "submit fetch URL"], /200/],
    ["`submit exec`", ["cli.ts", "--eval", "submit exec echo hello"], /hello/],
    [
      "`> FILE`",
      ["cli.ts", "--eval", `${RUN}result 1 > /dev/null`],
      /succeeded/,
    ],
    [
      "`\\| COMMAND`, `!COMMAND`",
      ["cli.ts", "--eval", `${RUN}result 1 | cat\n!echo shell`],
      /^42\nshell$/m,
    ],
  ];

for (const [use, args, shown] of USES) {
  Deno.test(`${use} works with the flags that the guide lists, and no fewer`, async () => {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response("page"),
    );
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const run = (flags: readonly string[]): Promise<Finished> =>
      deno([
        ...["run", "--no-prompt", ...flags, ...IMPORT_MAP],
        ...args.map((arg) => arg.replace("URL", url)),
      ]);
    const flags = FLAGS.get(use)!;
    const { code, stdout, stderr } = await run(flags);
    assertEquals(code, 0, stdout + stderr);
    assertMatch(stdout, shown);
    await Promise.all(flags.map(async (flag) => {
      const without = await run(flags.filter((one) => one !== flag));
      const said = without.stdout + without.stderr;
      assertEquals(without.code, 1, `${flag}:\n${said}`);
      assert(said.includes(flag), `${flag}:\n${said}`);
    }));
  });
}

Deno.test("every use that the guide lists is tried", () => {
  assertEquals([...FLAGS.keys()], USES.map(([use]) => use));
});
