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
      "--quiet",
      "--ordered",
      "12",
    ]),
    {
      modules: ["a.ts", "12"],
      commands: "poll\nwait",
      json: true,
      color: false,
      keepHistory: true,
      quiet: true,
      ordered: true,
      stopOnError: true,
      help: false,
      version: false,
      map: undefined,
      loop: { concurrency: 4, history: 10, grace: 500 },
    },
  );
});

Deno.test("parseOptions leaves the words from map on to map, if no module precedes", () => {
  const { json, map } = parseOptions(["--json", "map", "page", "--out", "a"]);
  assertEquals({ json, map }, {
    json: true,
    map: ["map", "page", "--out", "a"],
  });
  assertEquals(parseOptions(["a.ts", "map"]).modules, ["a.ts", "map"]);
});

Deno.test("parseOptions takes -h for --help", () => {
  assertEquals([parseOptions(["-h"]).help, parseOptions(["--help"]).help], [
    true,
    true,
  ]);
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
    "--isolation": "--isolation needs a value",
    "--isolation=thread": `--isolation takes worker or process, not "thread"`,
    "--memory=512": "--memory needs --isolation process",
    "--task-allow-net":
      "--task-allow-net needs --isolation process: tasks in " +
      "a worker may do what loopctl may",
    "--task-allow-nett":
      "unknown option --task-allow-nett; did you mean --task-allow-net?",
  };
  for (const [arg, message] of Object.entries(faults)) {
    const error = assertThrows(() => parseOptions([arg]), OptionError);
    assertEquals(error.message, message);
  }
});

Deno.test("parseOptions reads what tasks in a process may do", () => {
  const process = "--isolation=process";
  const loopOf = (...args: string[]) => parseOptions([process, ...args]).loop;
  assertEquals(loopOf(), { isolation: "process" });
  assertEquals(loopOf("--memory", "512"), {
    isolation: "process",
    memoryMb: 512,
  });
  assertEquals(
    loopOf(
      "--task-allow-net=127.0.0.1:8000,example.com",
      "--task-allow-net=[::1]",
      "--task-allow-env",
    ).permissions,
    { net: ["127.0.0.1:8000", "example.com", "[::1]"], env: true },
  );
  assertEquals(
    Object.values(loopOf("--task-allow-all").permissions ?? {}),
    new Array(8).fill(true),
  );
  assertEquals(
    Object.values(loopOf("--task-allow-none").permissions ?? {}),
    new Array(8).fill(false),
  );
});

Deno.test("parseOptions takes no module for what tasks may do", () => {
  const args = ["--isolation=process", "--task-allow-read", "a.ts", "--"];
  const { modules, loop } = parseOptions([...args, "--task-allow-net"]);
  assertEquals(modules, ["a.ts", "--task-allow-net"]);
  assertEquals(loop.permissions, { read: true });
});

Deno.test("parseOptions refuses what tasks may do if it is unclear", () => {
  const faults = {
    "--memory=3": `--memory takes a whole number of megabytes from 16, not "3"`,
    "--task-allow-net=": "--task-allow-net= needs hosts, with commas between " +
      "them; without the = it allows all",
    "--task-allow-read=a,,b": "--task-allow-read= needs paths, with commas " +
      "between them; without the = it allows all",
    "--task-allow-all=x": "--task-allow-all takes no value",
    "--task-allow-all --task-allow-net":
      "--task-allow-all says it all: it goes with no --task-allow-net",
    "--task-allow-none --task-allow-all":
      "--task-allow-none says it all: it goes with no --task-allow-all",
  };
  for (const [args, message] of Object.entries(faults)) {
    const error = assertThrows(
      () => parseOptions(["--isolation=process", ...args.split(" ")]),
      OptionError,
    );
    assertEquals(error.message, message);
  }
});

Deno.test("optionsHelp names every option that parseOptions takes", () => {
  const flags = optionsHelp().match(/^ {2}--[a-z-]+/gm) ?? [];
  assertEquals(flags.length, 15);
  for (const [n, flag] of flags.map((flag) => flag.trim()).entries()) {
    const takesValue = new RegExp(`${flag} [A-Z]`).test(optionsHelp());
    const value = VALUES[flag] ?? "1";
    // The kinds of access stand for a word, and are named below the options.
    const args = flag === "--task-allow-" ? ["--task-allow-net"] : [flag];
    const process = n > 0 ? ["--isolation", "process"] : [];
    parseOptions([...process, ...args, ...takesValue ? [value] : []]);
  }
});

const VALUES: Readonly<Record<string, string>> = {
  "--grace": "1s",
  "--eval": "poll",
  "--isolation": "process",
  "--memory": "512",
};
