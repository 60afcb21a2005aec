import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/cli/commands/execute.ts";
import type { Known } from "../../../src/cli/language/spec.ts";
import { complete } from "../../../src/cli/terminal/completion.ts";

const KNOWN: Known = {
  commands: COMMANDS,
  tasks: ["sleep", "fetch", "crawl"],
  ids: ["1", "2", "home"],
  paths: (typed) => [`${typed}asks.ts`, `${typed}ests/`],
};

Deno.test("complete offers what the command takes at that place", async () => {
  const offered = {
    "su": ["submit "],
    "submit ": ["sleep ", "fetch ", "crawl "],
    "submit s": ["sleep "],
    "submit sleep ": [],
    "submit sleep 1 --t": ["--timeout "],
    "submit sleep --timeout 3 --timeout 4 --ti": [],
    "submit --timeout 3 cr": ["crawl "],
    "gather sl": ["sleep "],
    "gather --on-failure c": ["cancel-rest "],
    "gather --name g f": ["fetch "],
    "gather sleep 1 ; f": ["fetch "],
    "gather sleep 1; sleep 2 --na": ["--name "],
    "cancel ": ["all ", "1 ", "2 ", "home "],
    "cancel 1 h": ["home "],
    "result ": ["1 ", "2 ", "home "],
    "timeout 1 n": ["none "],
    "help subm": ["submit "],
    "help fet": ["fetch "],
    "use t": ["tasks.ts ", "tests/"],
    "xyzzy ": [],
    "poll x ": ["all ", "1 ", "2 ", "home "],
    "quit ": [],
  };
  for (const [typed, expected] of Object.entries(offered)) {
    assertEquals((await complete(typed, KNOWN))[0], expected, typed);
  }
});

Deno.test("complete tells the word that its candidates replace", async () => {
  assertEquals(await complete("cancel ho", KNOWN), [["home "], "ho"]);
  assertEquals((await complete("poll ", KNOWN))[1], "");
});
