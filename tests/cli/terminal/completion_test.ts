import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/cli/commands/execute.ts";
import type { Known } from "../../../src/cli/language/spec.ts";
import {
  commonStart,
  complete,
  listText,
} from "../../../src/cli/terminal/completion.ts";

const KNOWN: Known = {
  commands: COMMANDS,
  tasks: ["sleep", "fetch", "crawl"],
  ids: [
    { text: "1", about: () => "sleep 60  running 1.2s", states: ["running"] },
    { text: "2", about: () => "crawl /a  failed 340ms", states: ["failed"] },
    { text: "home", about: () => "2 tasks", states: ["running", "failed"] },
  ],
  paths: (typed) => [`${typed}asks.ts`, `${typed}ests/`],
};

Deno.test("complete offers what the command takes at that place", async () => {
  const offered = {
    "su": ["submit"],
    "submit ": ["sleep", "fetch", "crawl"],
    "submit s": ["sleep"],
    "submit sleep ": [],
    "submit sleep 1 --t": ["--timeout"],
    "submit sleep --timeout 3 --timeout 4 --ti": [],
    "submit --timeout 3 cr": ["crawl"],
    "gather sl": ["sleep"],
    "gather --on-failure c": ["cancel-rest"],
    "gather --name g f": ["fetch"],
    "gather sleep 1 ; f": ["fetch"],
    "gather sleep 1; sleep 2 --na": ["--name"],
    "cancel ": ["1", "home", "all", "running"],
    "cancel 1 h": ["home"],
    "result ": ["2", "home", "all", "done", "failed"],
    "timeout ": ["1", "home"],
    "timeout 1 n": ["none"],
    "help subm": ["submit"],
    "help fet": ["fetch"],
    "use t": ["tasks.ts", "tests/"],
    "xyzzy ": [],
    "poll x ": ["1", "2", "home", "all", "running", "done", "failed"],
    "quit ": [],
    "!cat t": ["tasks.ts", "tests/"],
    "?sub": ["submit"],
    "poll > t": ["tasks.ts", "tests/"],
  };
  for (const [typed, expected] of Object.entries(offered)) {
    const { candidates } = await complete(typed, KNOWN);
    assertEquals(candidates.map(({ text }) => text), expected, typed);
  }
});

Deno.test("complete tells the word that its candidates replace", async () => {
  const { candidates, word } = await complete("cancel ho", KNOWN);
  assertEquals([candidates.map(({ text }) => text), word], [["home"], "ho"]);
  assertEquals((await complete("poll ", KNOWN)).word, "");
});

Deno.test("complete offers no name that has to be quoted or acts on a terminal", async () => {
  const tasks = ["a b", "\x1b[2J", "fine"];
  const { candidates } = await complete("submit ", { ...KNOWN, tasks });
  assertEquals(candidates, [{ text: "fine" }]);
});

Deno.test("commonStart ends a word that is the only one, but no folder", () => {
  const start = (...texts: string[]): string =>
    commonStart(texts.map((text) => ({ text })));
  assertEquals(start("submit"), "submit ");
  assertEquals(start("tests/"), "tests/");
  assertEquals(start("cancel", "cat", "call"), "ca");
  assertEquals(start("a", "b"), "");
});

Deno.test("listText shows what each candidate is, and never more rows than fit", async () => {
  const style = { width: 24, color: false, now: 0 };
  const { candidates } = await complete("logs ", KNOWN);
  assertEquals(
    listText(candidates, style, 9),
    "1        sleep 60  runn…\n2        crawl /a  fail…\nhome     2 tasks\n" +
      "all\nrunning\ndone\nfailed\n",
  );
  assertEquals(
    listText(candidates, style, 2),
    "1        sleep 60  runn…\n6 more lines\n",
  );
  const names = (await complete("", KNOWN)).candidates;
  for (const row of listText(names, style, 99).split("\n")) {
    assertEquals(row.length <= 24, true, row);
  }
});
