import { assertEquals } from "@std/assert";
import {
  LogBuffer,
  MAX_LOG_CHARACTERS,
  MAX_LOG_LINES,
} from "../src/log_buffer.ts";
import type { LogEntry } from "../src/task.ts";

function line(text: string): LogEntry {
  return { at: 0, level: "log", text };
}

Deno.test("LogBuffer keeps what there is room for, and is empty once taken", () => {
  const buffer = new LogBuffer();
  buffer.add(line("a"));
  buffer.add(line("b"));
  assertEquals(buffer.take(), { entries: [line("a"), line("b")], dropped: 0 });
  assertEquals(buffer.take(), { entries: [], dropped: 0 });
});

Deno.test("LogBuffer drops the oldest of too many lines, and counts them", () => {
  const buffer = new LogBuffer();
  const count = 3 * MAX_LOG_LINES + 7;
  for (let n = 0; n < count; n++) buffer.add(line(`${n}`));
  const { entries, dropped } = buffer.take();
  assertEquals([entries.length, dropped], [
    MAX_LOG_LINES,
    count - MAX_LOG_LINES,
  ]);
  assertEquals(entries[0]?.text, `${count - MAX_LOG_LINES}`);
  assertEquals(entries.at(-1)?.text, `${count - 1}`);
});

Deno.test("LogBuffer drops the oldest of too long lines, and counts them", () => {
  const buffer = new LogBuffer();
  const long = "x".repeat(MAX_LOG_CHARACTERS / 4);
  for (let n = 0; n < 9; n++) buffer.add(line(`${n}${long}`));
  const { entries, dropped } = buffer.take();
  assertEquals(entries.map(({ text }) => text[0]), ["6", "7", "8"]);
  assertEquals(dropped, 6);
});
