/** What a program can give to its tasks in a process, and what it can't. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { resolve } from "node:path";
import { LoopController, type TaskPermissions } from "../../../mod.ts";
import {
  confined,
  resolvePermissions,
} from "../../../src/engine/permissions.ts";
import { deno, DenoChild, openLoop, ROOT } from "../../helpers.ts";

Deno.test("an isolated task has the permissions of the process engine", async () => {
  await using loop = openLoop({ permissions: { env: true } });
  const own = loop.submit(() => Deno.env.get("HOME"), [], { isolate: true });
  assertEquals(await own, Deno.env.get("HOME"));
  await assertRejects(
    () =>
      loop.submit(() => Deno.readTextFileSync("/etc/hostname"), [], {
        isolate: true,
      }).then(),
    Deno.errors.NotCapable,
  );
});

Deno.test("confined gives what is granted, closes imports, and lets the loop read its own modules", () => {
  const { flags } = confined({ net: ["a:1", "b"], env: true, run: false });
  const [read, ...rest] = flags;
  assertMatch(read!, /^--allow-read=.*\/src\/$/);
  assertEquals(rest, [
    "--allow-net=a:1,b",
    "--allow-env",
    "--allow-import=none.invalid",
    "--deny-import=none.invalid",
    "--no-npm",
    "--no-lock",
  ]);
});

Deno.test("confined lets npm packages in with all imports, or with npm's registry", () => {
  const npm = (imports: boolean | string[]) =>
    !confined({ import: imports }).flags.includes("--no-npm");
  const registry = ["registry.npmjs.org"];
  assertEquals([false, ["jsr.io"], registry, true].map(npm), [
    false,
    false,
    true,
    true,
  ]);
});

Deno.test("resolvePermissions takes a relative path from where the program is now", () => {
  const given = { read: ["a", "/b/../c"], run: ["deno", "./tool"] };
  assertEquals(resolvePermissions(given), {
    read: [resolve("a"), "/c"],
    run: ["deno", resolve("tool")],
  });
});

Deno.test("LoopController refuses what is no permission", () => {
  const wrong: readonly Record<string, unknown>[] = [
    { disk: true },
    { read: "/tmp" },
    { read: null },
    { net: [""] },
    { run: [1] },
    // Deno would take them for two.
    { read: ["/data,/etc"] },
    { env: ["A,B"] },
    { net: ["a.example,b.example"] },
  ];
  for (const permissions of wrong) {
    assertThrows(
      () =>
        new LoopController({
          isolation: "process",
          permissions: permissions as TaskPermissions,
        }),
      TypeError,
      "Cannot give the permission",
    );
  }
});

/** Runs a program beside `mod.ts`; returns the lines that it wrote. */
async function linesOf(
  flags: readonly string[],
  code: string,
): Promise<string[]> {
  const args = ["run", "--no-prompt", ...flags, "--ext=ts", "-"];
  const { stdout, stderr } = await deno(args, { stdin: code });
  assertEquals(stderr, "");
  return stdout.trim().split("\n");
}

const DENIED: Readonly<Record<string, string>> = {
  read: "/secret",
  write: "/secret",
  net: "secret.example",
  env: "SECRET",
  run: "secret",
  ffi: "/secret",
  sys: "hostname",
  import: "secret.example",
};

Deno.test("what a program was denied in part, its isolated tasks do not have, and it says so", async () => {
  const flags = Object.entries(DENIED).map(([kind, item]) =>
    `--deny-${kind}=${item}`
  );
  const lines = await linesOf(
    ["-A", ...flags],
    `import { LoopController } from "./mod.ts";
    await using loop = new LoopController({ onWarning: console.log });
    const states = loop.submit((names) => names.map((name) =>
      Deno.permissions.querySync({ name }).state
    ), [${JSON.stringify(Object.keys(DENIED))}], { isolate: true });
    console.log(new Set(await states));
    const host = "jsr.io:443";
    console.log(await loop.submit((host) =>
      Deno.permissions.querySync({ name: "import", host }).state
    , [host], { isolate: true }));`,
  );
  assertEquals(lines, [
    "This program was denied a part of: read, write, net, env, run, ffi, " +
    "sys, import. Deno does not tell which part, so its processes have " +
    "nothing of the kind unless `permissions` lists it",
    'Set(1) { "prompt" }',
    "granted",
  ]);
});

Deno.test("a program can't give to its tasks what it has not itself", async () => {
  const lines = await linesOf(
    ["--allow-read=.,/data", "--deny-read=/data/secret", "--allow-env=HOME"],
    `import { resolvePermissions } from "./src/engine/permissions.ts";
    const given = [
      { read: ["/data/public"], env: ["HOME"], import: ["jsr.io:443"] },
      { read: true },
      { read: ["/data"] },
      { read: ["/data/secret"] },
      { read: ["/etc"] },
      { env: ["HOME", "PATH"] },
      { import: ["example.com"] },
    ];
    for (const one of given) {
      try {
        resolvePermissions(one);
        console.log("fine");
      } catch (error) {
        console.log(error.name, error.message);
      }
    }`,
  );
  const refused = (what: string) =>
    `TypeError Cannot give the permission ${what}: this program itself does ` +
    `not have it, or not all of it`;
  assertEquals(lines, [
    "fine",
    refused("read"),
    refused('read for "/data"'),
    refused('read for "/data/secret"'),
    refused('read for "/etc"'),
    refused('env for "PATH"'),
    refused('import for "example.com"'),
  ]);
});

Deno.test("a loop whose own folder has a comma in its path runs, and opens no other folder", async () => {
  const parent = await Deno.realPath(await Deno.makeTempDir());
  // With the comma taken for a separator, all of \`parent\` would be open.
  const folder = `${parent}/,copy`;
  await Deno.mkdir(folder);
  for (const part of ["mod.ts", "src"]) {
    const copied = new Deno.Command("cp", {
      args: ["-r", new URL(part, ROOT).pathname, folder],
    });
    assertEquals((await copied.output()).code, 0);
  }
  await Deno.writeTextFile(`${parent}/secret`, "");
  const lines = await linesOf(
    ["-A"],
    `import { LoopController } from "${folder}/mod.ts";
    const closed = ["${parent}/secret", "${folder}/mod.ts"];
    const tries = [
      [{}, closed],
      [{ read: ["."] }, [...closed, "deno.json"]],
    ];
    for (const [permissions, paths] of tries) {
      await using loop = new LoopController({ isolation: "process", permissions });
      console.log(...await loop.submit((paths) => paths.map((path) => {
        try {
          Deno.statSync(path);
          return "read";
        } catch (error) {
          return error.name;
        }
      }), [paths]));
    }`,
  );
  await Deno.remove(parent, { recursive: true });
  assertEquals(lines, [
    "NotCapable NotCapable",
    "NotCapable NotCapable read",
  ]);
});

Deno.test({
  name: "a process inherits nothing that the program has opened",
  // Where the system lists what a process has open.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const opened = async (pid: number): Promise<Set<string>> => {
      const links = new Set<string>();
      for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
        const link = `/proc/${pid}/fd/${name}`;
        links.add(await Deno.readLink(link).catch(() => ""));
      }
      return links;
    };
    const before = await opened(Deno.pid);
    const path = await Deno.makeTempFile();
    using _file = await Deno.open(path, { write: true });
    using _listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const ours = (await opened(Deno.pid)).difference(before);
    assert(ours.has(path) && ours.size >= 2);
    await using loop = openLoop({ isolation: "process" });
    const theirs = await opened(await loop.submit(() => Deno.pid));
    assert(theirs.size > 0);
    assertEquals(ours.intersection(theirs), new Set());
    await Deno.remove(path);
  },
});

Deno.test("a program that may not run a process says so in the loss of its tasks", async () => {
  const program = `
    import { LoopController } from "./mod.ts";
    const loop = new LoopController({ isolation: "process" });
    const [first, second] = [loop.submit(() => 1), loop.submit(() => 2)];
    for (const handle of [first, second]) {
      const { error } = await handle.outcome();
      console.log(error.name, error.taskId, error.cause.message);
    }
    await loop.close();`;
  await using child = new DenoChild([
    "run",
    "--no-prompt",
    "--allow-read",
    "--allow-env",
    "--ext=ts",
    "-",
  ]);
  await child.write(program);
  const { code, stdout } = await child.finish();
  assertEquals(code, 0);
  const lines = stdout.trim().split("\n");
  assertEquals(lines.length, 2);
  for (const [n, line] of lines.entries()) {
    assert(line.startsWith(`LoopLostError ${n + 1} its process can't`), line);
    assertMatch(line, /Requires run access/);
  }
});

Deno.test("a program that may not read the loop's module says so in the loss of its tasks", async () => {
  const program = `
    import { LoopController } from "./mod.ts";
    const loop = new LoopController({ concurrency: 1 });
    const handles = [1, 2, 3].map((n) => loop.submit(() => n));
    for (const handle of handles) {
      const { error } = await handle.outcome();
      console.log(error.name, error.taskId, error.cause.message);
    }
    await loop.close();`;
  await using child = new DenoChild(["run", "--no-prompt", "--ext=ts", "-"]);
  await child.write(program);
  const { code, stdout } = await child.finish();
  assertEquals(code, 0);
  const lines = stdout.trim().split("\n");
  assertEquals(lines.length, 3);
  for (const [n, line] of lines.entries()) {
    assert(line.startsWith(`LoopLostError ${n + 1} the worker failed`), line);
    assertMatch(line, /Requires read access/);
  }
});
