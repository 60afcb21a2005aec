/** Numbers, durations and times as people write them. */

/** A number with its thousands apart: `52,428,800`. */
export function count(n: number): string {
  // A whole number by hand: to load the locale takes longer than all the rest.
  return Number.isSafeInteger(n)
    ? String(n).replace(/\B(?=(\d{3})+$)/g, ",")
    : n.toLocaleString("en-US");
}

/** A number of things: `1 task`, `1,500 tasks`. */
export function counted(n: number, thing: string): string {
  return `${count(n)} ${thing}${n === 1 ? "" : "s"}`;
}

const MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

const DURATION =
  /^(?:(?<h>\d+(?:\.\d+)?)h)?(?:(?<m>\d+(?:\.\d+)?)m(?!s))?(?:(?<s>\d+(?:\.\d+)?|\.\d+)s)?(?:(?<ms>\d+(?:\.\d+)?)ms)?$/;

/**
 * The milliseconds of a duration (`500ms`, `3s`, `2m05s`, `1h`, a bare number of
 * seconds), or undefined if the text is none.
 */
export function parseDuration(text: string): number | undefined {
  if (/^(\d+(\.\d+)?|\.\d+)$/.test(text)) return finite(Number(text) * MS.s);
  const parts = text === "" ? undefined : DURATION.exec(text)?.groups;
  if (parts === undefined) return undefined;
  let ms = 0;
  for (const [unit, factor] of Object.entries(MS)) {
    ms += Number(parts[unit] ?? 0) * factor;
  }
  return finite(ms);
}

/** A duration in two units at most: `340ms`, `1.2s`, `2m05s`, `1h02m`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return "∞";
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (Math.round(ms) < 1000) return `${Math.round(ms)}ms`;
  if (Math.round(ms / 100) < 600) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)}m${pad(seconds % 60)}s`;
  }
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`;
}

/** `12.4/s`, in three digits. */
export function formatRate(perSecond: number): string {
  const three = { maximumSignificantDigits: 3 };
  return `${perSecond.toLocaleString("en-US", three)}/s`;
}

/** Like {@linkcode formatDuration}, without trailing zeros: `3s`, `10m`. */
export function formatLimit(ms: number): string {
  return formatDuration(ms)
    .replace(/\.0s$/, "s").replace(/m00s$/, "m").replace(/h00m$/, "h");
}

/** How long a loop has been blocked: `3.2 s`, `2m05s`. */
export function formatBlocked(ms: number): string {
  return ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms);
}

/**
 * The time in milliseconds since the epoch, or undefined if the text is none: a
 * time of day (`14:30`, `14:30:05`), a date with a time (`2031-05-01T14:30`), or
 * a duration from now (`90s`). A time of day that has passed today is
 * tomorrow's.
 */
export function parseTime(text: string, now: number): number | undefined {
  const ms = parseDuration(text);
  if (ms !== undefined) return now + ms;
  return parseTimeOfDay(text, now) ?? parseDate(text);
}

/** The time of day; with the date if it is 12 hours away or more. */
export function formatTime(at: number, now: number): string {
  const time = formatTimeOfDay(at);
  if (Math.abs(at - now) < 12 * MS.h) return time;
  // Sweden writes a date as ISO does.
  return `${new Date(at).toLocaleDateString("sv")} ${time}`;
}

/** `14:30:05`, in the local time zone. */
export function formatTimeOfDay(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

function parseTimeOfDay(text: string, now: number): number | undefined {
  const parts = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (parts === null) return undefined;
  const [, hours, minutes, seconds] = parts.map((part) => Number(part ?? 0));
  const date = new Date(now);
  date.setHours(hours!, minutes, seconds, 0);
  if (date.getTime() <= now) date.setDate(date.getDate() + 1);
  return date.getTime();
}

function parseDate(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}

/** A bar of so many columns, filled to a share from 0 to 1. */
export function bar(share: number, columns: number): string {
  const filled = Math.max(0, Math.min(share, 1)) * Math.max(0, columns);
  const eighths = Math.round(filled * 8);
  const full = Math.floor(eighths / 8);
  const part = PARTS[eighths % 8]!;
  return `${"█".repeat(full)}${part}`.padEnd(columns, "░");
}

const PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
