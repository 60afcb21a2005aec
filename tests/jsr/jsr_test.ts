/**
 * The package as people get it from JSR: `deno publish` sends it to a registry on
 * loopback, and it is used from an empty folder with an empty cache.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type ChildOptions, deno, type Finished, ROOT } from "../helpers.ts";
import { Registry } from "./registry.ts";

const { name: PACKAGE, version: VERSION } = JSON.parse(
  await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
);
const NEXT_VERSION = VERSION.replace(
  /\d+$/,
  (patch: string) => `${+patch + 1}`,
);

/** A machine that has Deno and the registry, and nothing else of ours. */
class Machine implements AsyncDisposable {
  readonly registry: Registry = new Registry();
  readonly folder: string = Deno.makeTempDirSync();

  get env(): Record<string, string> {
    return { JSR_URL: this.registry.url, DENO_DIR: `${this.folder}/cache` };
  }

  /** Runs deno in the folder. */
  async deno(
    args: readonly string[],
    options: ChildOptions = {},
  ): Promise<Finished> {
    const env = { ...this.env, ...options.env };
    return await deno(args, { cwd: this.folder, ...options, env });
  }

  /** Runs deno to a good end, and returns what it wrote to stdout. */
  async output(
    args: readonly string[],
    options?: ChildOptions,
  ): Promise<string> {
    const { code, stdout, stderr } = await this.deno(args, options);
    assertEquals(code, 0, `${args.join(" ")}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Writes a file into the folder, and returns its path. */
  write(name: string, text: string): string {
    const path = `${this.folder}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

const LIBRARY = `jsr:${PACKAGE}@^${VERSION}`;

/** A program with an inline task, a task of a module, and one of its own process. */
function program(library: string, task: string): string {
  return `
    import { LoopController, taskModule } from "${library}";
    import { task } from "${task}";
    await using loop = new LoopController({ isolation: Deno.args[0] });
    const tasks = taskModule(import.meta.resolve("./tasks.ts"));
    const inline = loop.submit(async (n) => (await task.sleep(1), n + 1), [1]);
    const named = loop.submit(tasks.shout, ["hi"]);
    const alone = loop.submit(tasks.shout, ["ho"], { isolate: true });
    console.log(await inline, await named, await alone);
  `;
}

const TASKS = `
  import { task } from "jsr:${PACKAGE}@${NEXT_VERSION}/task";
  export async function shout(text: string): Promise<string> {
    await task.sleep(1);
    task.signal.throwIfAborted();
    return text.toUpperCase() + "!";
  }
`;

Deno.test("the package works as it comes from JSR", async (t) => {
  await using machine = new Machine();
  const { registry } = machine;

  await t.step("deno publish takes it, without slow types", async () => {
    const { code, stderr } = await deno([
      ...["publish", "--token", "none", "--no-provenance"],
      // The working tree is published as it is; the types have their own gate.
      ...["--allow-dirty", "--no-check"],
    ], { env: machine.env });
    assertEquals(code, 0, stderr);
    const warnings = stderr.matchAll(/warning\[([\w-]+)\]/g);
    // What a task refers to is known only when the task runs.
    const known = new Set(["unanalyzable-dynamic-import"]);
    const others = [...warnings].map(([, name]) => name!)
      .filter((name) => !known.has(name));
    assertEquals(others, []);
    registry.publishAgain(PACKAGE, VERSION, NEXT_VERSION);
  });

  await t.step("it has what its users need, and nothing else", () => {
    const wanted =
      /^\/(src\/.*\.(ts|json|md)|(mod|cli)\.ts|deno\.json|LICENSE|(README|CHANGELOG)\.md)$/;
    const files = registry.files(PACKAGE, VERSION);
    assertEquals(files.filter((path) => !wanted.test(path)), []);
    assert(files.includes("/src/loop/worker.ts"), files.join("\n"));
  });

  await t.step("deno run starts the prompt", async () => {
    const cli = [`run`, "-A", `jsr:${PACKAGE}/cli`];
    const stdin = "submit sleep 0 tea\nrun 6 * 7\nrun --isolate 6 * 7 + 1\n";
    const stdout = await machine.output([...cli, "--json"], { stdin });
    const values = stdout.split("\n").filter((line) => line.includes("value"))
      .map((line) => JSON.parse(line).value);
    assertEquals(new Set(values), new Set(["tea", 42, 43]));
    assertEquals(
      await machine.output([...cli, "--version"]),
      `loopctl ${VERSION}\n`,
    );
  });

  await t.step("a program runs tasks of each kind on each engine", async () => {
    machine.write("tasks.ts", TASKS);
    const path = machine.write(
      "program.ts",
      program(LIBRARY, `${LIBRARY}/task`),
    );
    for (const engine of ["worker", "process"]) {
      const stdout = await machine.output(["run", "-A", path, engine]);
      assertEquals(stdout, "2 HI! HO!\n", engine);
    }
  });

  await t.step("deno add makes its bare name known", async () => {
    machine.write("deno.json", "{}");
    await machine.output(["add", `jsr:${PACKAGE}`]);
    const path = machine.write("bare.ts", program(PACKAGE, `${PACKAGE}/task`));
    const stdout = await machine.output(["run", "-A", path, "worker"]);
    assertEquals(stdout, "2 HI! HO!\n");
    await machine.output(["cache", "--frozen", path]);
    const frozen = ["run", "-A", "--frozen", path, "worker"];
    assertEquals(await machine.output(frozen), "2 HI! HO!\n");
  });

  await t.step("a clone is run from another folder", async () => {
    const cli = new URL("cli.ts", ROOT).pathname;
    const args = ["run", "-A", "--no-lock", cli, "tasks.ts", "--eval"];
    const stdout = await machine.output([...args, "submit shout hey"]);
    assertMatch(stdout, /HEY!/);
  });

  await t.step("deno repl has it at hand", async () => {
    const load = `import * as l from "${LIBRARY}/repl"`;
    const args = ["repl", "-q", "-A", "--eval", load];
    const stdin = "const h = l.submit(() => 7)\nawait h\n";
    const stdout = await machine.output(args, { stdin });
    assertMatch(stdout, /^7$/m);
  });

  await t.step("deno install -g makes the command loopctl", async () => {
    const root = `${machine.folder}/root`;
    const args = ["install", "-g", "-A", "-n", "loopctl", "--root", root];
    await machine.output([...args, `jsr:${PACKAGE}/cli`]);
    const { code, stdout } = await new Deno.Command(`${root}/bin/loopctl`, {
      args: ["--eval", "run 6 * 7"],
      cwd: machine.folder,
      env: { ...machine.env, NO_COLOR: "1" },
    }).output();
    assertEquals(code, 0);
    assertMatch(new TextDecoder().decode(stdout), /42/);
  });

  await t.step("what was cached runs without the registry", async () => {
    await machine.output(["cache", "program.ts", "tasks.ts"]);
    await registry.close();
    const args = ["run", "-A", "--cached-only", "program.ts"];
    for (const engine of ["worker", "process"]) {
      const stdout = await machine.output([...args, engine]);
      assertEquals(stdout, "2 HI! HO!\n", engine);
    }
  });
});
