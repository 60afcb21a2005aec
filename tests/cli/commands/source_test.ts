import { assertEquals, assertStringIncludes } from "@std/assert";
import { RUN } from "../../command_line.ts";
import { deno, openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("source runs the lines of a file, and says in which one an error is", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(
    file,
    "# naps\nsubmit sleep 60 [1,\n2]\n\nsumbit\npoll\n",
  );
  const said = await prompt.says(`source ${file}`);
  assertStringIncludes(said, "#1 sleep");
  assertStringIncludes(
    said,
    `${file}, line 5, column 1: error: unknown command "sumbit"`,
  );
  assertStringIncludes(said, "running");
  await Deno.remove(file);
});

Deno.test("source leaves a file that names itself", async () => {
  await using loop = openLoop();
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, `source ${file}`);
  const said = await new Prompt(loop).says(`source ${file}`);
  assertEquals(
    said,
    `${file}, line 1, column 8: error: files name others more than 10 deep`,
  );
  await Deno.remove(file);
});

Deno.test("source of a file that is not there says so", async () => {
  await using loop = openLoop();
  const said = await new Prompt(loop).says("source ./nowhere");
  assertStringIncludes(said, "error: can't read ./nowhere: No such file");
});

Deno.test("quit in a file ends the script that runs it", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "quit\nsubmit sleep 0 never\n");
  const { stdout, code } = await deno([...RUN, "cli.ts"], {
    stdin: `source ${file}\nsubmit sleep 0 never\n`,
  });
  assertEquals([stdout, code], ["", 0]);
  await Deno.remove(file);
});

Deno.test("a line of a script goes on while a bracket is open", async () => {
  const { stdout, stderr } = await deno([...RUN, "cli.ts"], {
    stdin: "run [6,\n7].length\nsubmit sleep '\n",
  });
  assertStringIncludes(stdout, "→ 2");
  assertStringIncludes(stderr, "line 3, column 14: error: the quote ' is not");
});
