/** What a task in a process may do is what it was given, and no more. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { LoopController, type TaskPermissions } from "../../mod.ts";
import { permissionFlags } from "../../src/engine/permissions.ts";
import { DenoChild, openLoop } from "../helpers.ts";

const DENIED: Readonly<Record<string, (folder: string) => unknown>> = {
  read: (folder) => Deno.readTextFileSync(`${folder}/file`),
  write: (folder) => Deno.writeTextFileSync(`${folder}/file`, "x"),
  net: () => fetch("http://127.0.0.1:8000/"),
  env: () => Deno.env.get("HOME"),
  run: () => new Deno.Command("true").outputSync(),
  ffi: (folder) => Deno.dlopen(`${folder}/lib.so`, {}),
  sys: () => Deno.hostname(),
};

Deno.test("a task in a process without permissions is denied each, by name", async (t) => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "secret");
  await using loop = openLoop({ isolation: "process", permissions: {} });
  for (const [kind, use] of Object.entries(DENIED)) {
    await t.step(kind, async () => {
      await assertRejects(
        () => loop.submit(use, [folder]).then(),
        Deno.errors.NotCapable,
        `Requires ${kind} access`,
      );
    });
  }
  await t.step("and asks nobody", async () => {
    const state = await loop.submit(async () =>
      (await Deno.permissions.request({ name: "read" })).state
    );
    assertEquals(state, "denied");
  });
  await t.step("import of what is on the disk", async () => {
    await Deno.writeTextFile(`${folder}/module.ts`, "export const f = 1;");
    const error = await assertRejects(() =>
      loop.exportsOf(`file://${folder}/module.ts`)
    );
    assertMatch(String(error), /Requires read access/);
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a task in a process can do what it was given", async (t) => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "not secret");
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("served"),
  );
  const { port } = server.addr;
  await using loop = openLoop({
    isolation: "process",
    permissions: {
      read: [folder],
      write: [folder],
      net: [`127.0.0.1:${port}`],
      env: ["HOME"],
      run: ["true"],
      sys: true,
    },
  });
  const GRANTED: Readonly<Record<string, () => unknown>> = {
    "reads what it may": () =>
      loop.submit((f: string) => Deno.readTextFileSync(`${f}/file`), [folder]),
    "writes where it may": () =>
      loop.submit((f: string) => Deno.writeTextFileSync(`${f}/x`, ""), [
        folder,
      ]),
    "fetches what it may": async () =>
      assertEquals(
        await loop.submit(
          async (p: number) => {
            const page = await fetch(`http://127.0.0.1:${p}/`);
            return await page.text();
          },
          [port],
        ),
        "served",
      ),
    "sees the variable that it may": () =>
      loop.submit(() => Deno.env.get("HOME")),
    "runs what it may": () =>
      loop.submit(() => new Deno.Command("true").outputSync().code),
  };
  const BEYOND: Readonly<Record<string, () => unknown>> = {
    "reads nothing else": () =>
      loop.submit(() => Deno.readTextFileSync("/etc/hostname")),
    "writes nowhere else": () =>
      loop.submit(() => Deno.writeTextFileSync("/tmp/elsewhere", "")),
    "fetches nothing else": () =>
      loop.submit((p: number) => fetch(`http://127.0.0.1:${p}/`), [port + 1]),
    "sees no other variable": () => loop.submit(() => Deno.env.get("PATH")),
    "runs nothing else": () =>
      loop.submit(() => new Deno.Command("false").outputSync().code),
  };
  for (const [name, use] of Object.entries(GRANTED)) {
    await t.step(name, async () => void await use());
  }
  for (const [name, use] of Object.entries(BEYOND)) {
    await t.step(name, async () => {
      await assertRejects(async () => await use(), Deno.errors.NotCapable);
    });
  }
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
});

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

Deno.test("permissionFlags gives what is granted, and the loop its own modules", () => {
  const flags = permissionFlags({ net: ["a:1", "b"], env: true, run: false });
  const [read, ...rest] = flags;
  assertMatch(read!, /^--allow-read=.*\/src\/$/);
  assertEquals(rest, ["--allow-net=a:1,b", "--allow-env"]);
});

Deno.test("LoopController refuses what is no permission", () => {
  const wrong: readonly Record<string, unknown>[] = [
    { disk: true },
    { read: "/tmp" },
    { net: [""] },
    { run: [1] },
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
