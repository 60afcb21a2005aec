import { assertEquals, assertThrows } from "@std/assert";
import {
  OptionError,
  optionsHelp,
  parseOptions,
} from "../../src/cli/options.ts";

Deno.test("parseOptions reads modules, options and their values", () => {
  assertEquals(
    parseOptions([
      "a.ts",
      "--json",
      "--concurrency",
      "4",
      "--history=10",
      "--grace",
      "500ms",
      "--stop-on-error",
      "--no-color",
      "--eval",
      "poll",
      "--eval=wait",
      "12",
    ]),
    {
      modules: ["a.ts", "12"],
      commands: "poll\nwait",
      json: true,
      color: false,
      stopOnError: true,
      help: false,
      version: false,
      loop: { concurrency: 4, history: 10, grace: 500 },
    },
  );
});

Deno.test("parseOptions leaves to the controller what is not given", () => {
  const { loop, commands, color } = parseOptions([]);
  assertEquals({ loop, commands, color }, {
    loop: {},
    commands: undefined,
    color: true,
  });
});

Deno.test("parseOptions says which option is wrong, and the one that was meant", () => {
  const faults = {
    "--jsn": "unknown option --jsn; did you mean --json?",
    "--xyzzy=3": "unknown option --xyzzy; --help lists them",
    "-x": "unknown option -x; --help lists them",
    "--concurrency": "--concurrency needs a value",
    "--concurrency=x": `--concurrency takes a whole number from 1, not "x"`,
    "--history=0": `--history takes a whole number from 1, not "0"`,
    "--grace=3x": `--grace takes a duration such as 500ms or 3s, not "3x"`,
    "--eval": "--eval needs COMMANDS",
  };
  for (const [arg, message] of Object.entries(faults)) {
    const error = assertThrows(() => parseOptions([arg]), OptionError);
    assertEquals(error.message, message);
  }
});

Deno.test("optionsHelp names every option that parseOptions takes", () => {
  const flags = optionsHelp().match(/^ {2}--[a-z-]+/gm) ?? [];
  assertEquals(flags.length, 9);
  for (const flag of flags) {
    const value = { "--grace": "1s", "--eval": "poll" }[flag.trim()] ?? "1";
    const takesValue = new RegExp(`${flag} [A-Z]`).test(optionsHelp());
    parseOptions(takesValue ? [flag.trim(), value] : [flag.trim()]);
  }
});
