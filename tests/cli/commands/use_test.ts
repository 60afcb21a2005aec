import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { until } from "../../until.ts";
import { Prompt, TASKS } from "../prompt.ts";

/** A file of tasks that a test changes. */
class TasksFile implements Disposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly path = `${this.#folder}/jobs.ts`;
  /** The time that the next text is written at, for what is written fast. */
  #time = Date.now() / 1000 - 1000;

  write(text: string, path: string = this.path): void {
    // As many an editor does it.
    Deno.writeTextFileSync(`${path}.new`, text);
    Deno.utimeSync(`${path}.new`, this.#time, this.#time++);
    Deno.renameSync(`${path}.new`, path);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

Deno.test("use lists the functions of a module, and submit passes them JSON", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says(`use ${TASKS}`),
    'tasks: big(length), boom(message = "boom"), echo(...args), ' +
      "failsCleanup(), flaky(succeedsAt), half(), parent(), pid(), spin(ms), " +
      "stubborn(ms), throwValue(value), uncloneable()",
  );
  assertEquals(
    await prompt.saysAfter(
      `submit echo 1 "a b" {"c": [true]} null`,
      "wait",
      "result 1",
    ),
    `[ 1, "a b", { c: [ true ] }, null ]`,
  );
});

Deno.test("use says why a module can't be loaded or has no task", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertMatch(
    await prompt.says("use ./nowhere.ts"),
    /^error: can't load \.\/nowhere\.ts: Module not found/,
  );
  const broken = "data:text/javascript,export%20function%20(";
  assertMatch(await prompt.says(`use ${broken}`), /^error: can't load data:/);
  const empty = "data:text/javascript,export%20const%20a=1";
  assertMatch(await prompt.says(`use ${empty}`), /: it exports no function$/);
  const throwing = "data:text/javascript,throw%20new%20Error(42)";
  assertMatch(await prompt.says(`use ${throwing}`), /: 42\n +at data:.*:1:7$/);
  const reaching = "data:text/javascript,nowhere.x";
  assertMatch(
    await prompt.says(`use ${reaching}`),
    /: ReferenceError: nowhere is not defined\n +at data:.*:1:1$/,
  );
});

Deno.test("use of a file that is in use takes it as it is now", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  using file = new TasksFile();
  file.write(`export class Pair {}
    export async function* count() {}
    export const limit = 3;
    export const held = (name: string) => new Promise<string>((go) =>
      Object.assign(globalThis, { go: () => go(name + " of the old one") }));
    export const say = () => "one";`);
  assertEquals(
    await prompt.says(`use ${file.path}`),
    "jobs: held(name), say()\n  no tasks: Pair (class), count (async generator)",
  );
  await prompt.saysAfter("submit held task", "run await 0", "wait 2");
  file.write(`export const say = (what = "two") => what, more = () => "more"`);
  assertEquals(
    await prompt.says(`use ${file.path}`),
    'jobs (loaded again): more(), say(what = "two")',
  );
  assertEquals(
    await prompt.saysAfter(
      "submit say",
      "submit more",
      "submit say three --isolate",
      "run [say(), go()]",
      "wait",
      "collect 1 3-6",
    ),
    `#1 held task  T → "task of the old one"
#3 say  T → "two"
#4 more  T → "more"
#5 say three  T → "three"
#6 [say(), go()]  T → [ "two", undefined ]`,
  );
  await prompt.saysAfter("run Deno.exit()", "wait");
  assertEquals(
    await prompt.saysAfter("submit more", "wait", "collect 8"),
    '#8 more  T → "more"',
  );
});

Deno.test("what starts a task loads a file that has changed, or says why it can't", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  using file = new TasksFile();
  file.write("export const say = () => 1;");
  await prompt.says(`use ${file.path}`);
  file.write("export const tell = () => 2;");
  assertEquals(
    await prompt.says("submit tell"),
    "jobs (loaded again): tell()\n#1 tell",
  );
  assertMatch(await prompt.says("submit say"), /^error: unknown task "say"/);
  file.write("export const tell = () => 3; nowhere;");
  const said = await prompt.says("gather tell ; tell");
  assertMatch(said, /^jobs has changed, but its old version stays: /);
  assertMatch(
    said,
    /ReferenceError: nowhere is not defined\n +at file:.*\/jobs\.ts:1:\d+\ngroup-1: /,
  );
  assertEquals(
    await prompt.saysAfter("submit tell", "wait", "result 4"),
    "2",
  );
  assertMatch(await prompt.says(`use ${file.path}`), /^error: can't load /);
  file.write("export const tell = () => 4;");
  assertEquals(
    await prompt.saysAfter("submit tell", "wait", "result 5"),
    "4",
  );
});

Deno.test("use says which files stay as they were first loaded", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  using file = new TasksFile();
  const old = file.path.replace("jobs.ts", "old.cjs");
  file.write("exports.n = 1;", old);
  file.write('import { n } from "./old.cjs"; export const say = () => n;');
  await prompt.says(`use ${file.path}`);
  file.write("exports.n = 2;", old);
  assertEquals(
    await prompt.saysAfter(`use ${file.path}`),
    "jobs (loaded again): say()\n  stays as it was first loaded: old.cjs",
  );
  await prompt.says("use node:path");
  assertMatch(
    await prompt.says("use node:path"),
    /stays as it was first loaded: node:path$/,
  );
});

Deno.test("use --watch loads a file when it changes, and keeps the old one if it can't", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  using file = new TasksFile();
  file.write("export const say = () => 1;");
  const told = prompt.told;
  await prompt.says(`use ${file.path} --watch`);
  file.write("export const say = (n) => 2;");
  await until(() => told.length === 1);
  file.write("export const say = (");
  await until(() => told.length === 2);
  file.write('import "./other.ts"; export const say = () => 3;');
  file.write("", file.path.replace("jobs", "other"));
  await until(() => told.at(-1) === "jobs (loaded again): say()");
  file.write("export const no = 1;", file.path.replace("jobs", "other"));
  const count = told.length;
  await until(() => told.length > count);
  prompt.session.unwatch();
  assertEquals(told[0], "jobs (loaded again): say(n)");
  assertMatch(told[1]!, /^jobs has changed, but its old version stays: /);
  assertEquals(
    await prompt.saysAfter("submit say", "wait", "result 1"),
    "3",
  );
  assertMatch(
    await prompt.says("use node:path --watch"),
    /^error: --watch needs a local file$/,
  );
});
