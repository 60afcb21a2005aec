/** The terminal that other tests use is one. */
import { assertEquals } from "@std/assert";
import { KEYS, Terminal, terminalTest as test } from "./screen.ts";

const PROGRAM = `
  stty size
  read line
  stty size
  printf '\\033[?1049h\\033[3;5H%s' "$line"
  read end
  printf '\\033[?1049l'
  exit 3
`;

test("a terminal has a size, takes keys, and shows what a program draws where", async () => {
  await using terminal = Terminal.open({
    columns: 40,
    rows: 12,
    command: ["bash", "-c", PROGRAM],
  });
  await terminal.until("12 40");
  await terminal.resize(80, 24);
  await terminal.type(`drawn${KEYS.enter}`);
  await terminal.sees("24 80");
  await terminal.until((lines) => lines[2] === "    drawn");
  assertEquals([terminal.alternate, terminal.lines().length], [true, 24]);
  assertEquals(terminal.cursor, [9, 2]);
  await terminal.type(KEYS.enter);
  await terminal.until(() => !terminal.alternate);
  assertEquals((await terminal.ends()).code, 3);
});
