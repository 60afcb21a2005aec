import { assertEquals, assertRejects } from "@std/assert";
import { moduleTask } from "../../../mod.ts";
import type { LoopController } from "../../../mod.ts";
import type { Suite } from "./suite.ts";

/** A folder of modules. Each is replaced as an editor would. */
class Folder implements Disposable {
  readonly #path = Deno.makeTempDirSync();

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      Deno.writeTextFileSync(`${this.#path}/${name}`, text);
    }
  }

  /** The URL of a file; `version` as the prompt counts them. */
  url(name: string, version?: number): string {
    const mark = version === undefined ? "" : `#loopctl=${version}`;
    return new URL(`file://${this.#path}/${name}`).href + mark;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#path, { recursive: true });
  }
}

async function said(loop: LoopController, url: string): Promise<unknown> {
  return await loop.submit(moduleTask(url, "say"));
}

export const modules: Suite = {
  name: "modules",
  cases: {
    "a version of a module is loaded anew, with the local files that it imports":
      async (loop) => {
        using folder = new Folder();
        folder.write({
          "main.ts": `import { part } from "./part.ts";
            import data from "./data.json" with { type: "json" };
            export const say = async (): Promise<unknown> =>
              ["main 1", part, data, (await import("./late.ts")).late];`,
          "part.ts": `export const part: string = "part 1";`,
          "late.ts": `export const late: string = "late 1";`,
          "data.json": "1",
        });
        const first = folder.url("main.ts", 1);
        const second = folder.url("main.ts", 2);
        const one = ["main 1", "part 1", 1, "late 1"];
        assertEquals(await said(loop, first), one);
        folder.write({
          "main.ts": `import { part } from "./other.ts";
            export const say = () => ["main 2", part];`,
          "other.ts": `export const part: string = "part 2";`,
          "part.ts": "",
        });
        assertEquals(await said(loop, second), ["main 2", "part 2"]);
        assertEquals(await said(loop, first), one);
        const { files } = await loop.exportsOf(second);
        assertEquals(files, [folder.url("main.ts"), folder.url("other.ts")]);
      },

    "two modules of one version share what both import": async (loop) => {
      using folder = new Folder();
      const counting = `import { count } from "./count.ts";
        export const say = () => count();`;
      folder.write({
        "a.ts": counting,
        "b.ts": counting,
        "count.ts": `let n = 0; export const count = () => ++n;`,
      });
      assertEquals(await said(loop, folder.url("a.ts", 1)), 1);
      assertEquals(await said(loop, folder.url("b.ts", 1)), 2);
      assertEquals(await said(loop, folder.url("b.ts", 2)), 1);
    },

    "an error tells the files of a version by their own names": async (
      loop,
    ) => {
      using folder = new Folder();
      folder.write({
        "main.ts": `import { boom } from "./boom.ts"; export const say = boom;`,
        "boom.ts":
          `export function boom() { throw new Error(import.meta.url) }`,
        "broken.ts": "export const say = nowhere;",
      });
      const error = await assertRejects(
        () => said(loop, folder.url("main.ts", 3)),
        Error,
        folder.url("boom.ts"),
      );
      const stack = error.stack!.split("\n  submitted as")[0]!;
      assertEquals(
        [stack.includes(`${folder.url("boom.ts")}:1:`), stack.includes("#")],
        [true, false],
      );
      const loading = await assertRejects(
        () => loop.exportsOf(folder.url("broken.ts", 3)),
        ReferenceError,
      );
      assertEquals(
        loading.stack!.split("\n")[1]!.trim(),
        `at ${folder.url("broken.ts")}:1:20`,
      );
    },
  },
};
