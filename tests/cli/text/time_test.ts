import fc from "fast-check";
import { assertEquals } from "@std/assert";
import {
  formatDuration,
  formatLimit,
  formatTime,
  parseDuration,
  parseTime,
} from "../../../src/cli/text/amounts.ts";

Deno.test("parseDuration reads units, sums of units, and bare seconds", () => {
  const durations = {
    "500ms": 500,
    "3s": 3000,
    "2m": 120_000,
    "1h": 3_600_000,
    "3": 3000,
    "0.5": 500,
    ".5s": 500,
    "1.5m": 90_000,
    "2m05s": 125_000,
    "1h2m3s4ms": 3_723_004,
    "0": 0,
  };
  for (const [text, ms] of Object.entries(durations)) {
    assertEquals(parseDuration(text), ms, text);
  }
});

Deno.test("parseDuration refuses all else", () => {
  for (
    const text of [
      "",
      "s",
      "3x",
      "-3s",
      "3s2m",
      "1e3",
      "3 s",
      "none",
      "9".repeat(400),
    ]
  ) {
    assertEquals(parseDuration(text), undefined, text);
  }
});

Deno.test("formatDuration takes two units at most", () => {
  const formatted = {
    "0ms": 0,
    "340ms": 340,
    "999ms": 999.4,
    "1.0s": 999.5,
    "1.2s": 1234,
    "59.9s": 59_940,
    "1m00s": 59_950,
    "2m05s": 125_000,
    "1h00m": 3_599_600,
    "26h03m": 93_780_000,
    "∞": Infinity,
  };
  for (const [text, ms] of Object.entries(formatted)) {
    assertEquals(formatDuration(ms), text);
  }
});

Deno.test("formatLimit leaves out a zero at its end", () => {
  assertEquals([3000, 3500, 600_000, 3_600_000].map(formatLimit), [
    "3s",
    "3.5s",
    "10m",
    "1h",
  ]);
});

Deno.test("parseDuration reads back what formatDuration writes", () => {
  fc.assert(fc.property(fc.nat({ max: 1e9 }), (ms) => {
    const text = formatDuration(ms);
    assertEquals(formatDuration(parseDuration(text) ?? NaN), text);
  }));
});

const NOON = new Date(2031, 4, 1, 12, 0, 0).getTime();

Deno.test("parseTime takes the next such time of day", () => {
  assertEquals(parseTime("14:30", NOON), NOON + 2.5 * 3_600_000);
  assertEquals(
    parseTime("11:59:30", NOON),
    new Date(2031, 4, 2, 11, 59, 30).getTime(),
  );
});

Deno.test("parseTime takes a date with a time, or a duration from now", () => {
  assertEquals(parseTime("90s", NOON), NOON + 90_000);
  assertEquals(parseTime("2031-05-01T12:00", NOON), NOON);
  for (const text of ["24:00", "1:60", "2031-05-01", "2031-13-01T00:00", "x"]) {
    assertEquals(parseTime(text, NOON), undefined, text);
  }
});

Deno.test("formatTime tells the date of what is not within the day", () => {
  assertEquals(formatTime(NOON + 1000, NOON), "12:00:01");
  assertEquals(
    formatTime(NOON + 24 * 3_600_000, NOON),
    "2031-05-02 12:00:00",
  );
});
