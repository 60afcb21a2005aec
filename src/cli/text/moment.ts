/**
 * Moments as people write them: a time of day (`14:30`, `14:30:05`), a date
 * with a time (`2031-05-01T14:30`), or a duration from now (`90s`).
 *
 * @module
 */
import { parseDuration } from "./duration.ts";

/**
 * The moment in milliseconds since the epoch, or undefined if it is none. A
 * time of day is the next one: tomorrow's, if today's has passed.
 */
export function parseMoment(text: string, now: number): number | undefined {
  const ms = parseDuration(text);
  if (ms !== undefined) return now + ms;
  return parseTimeOfDay(text, now) ?? parseDate(text);
}

/** The moment as a time of day; with its date if it is not within the day. */
export function formatMoment(at: number, now: number): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, "0")).join(":");
  if (Math.abs(at - now) < 12 * 3_600_000) return time;
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((n) => String(n).padStart(2, "0")).join("-");
  return `${day} ${time}`;
}

function parseTimeOfDay(text: string, now: number): number | undefined {
  const parts = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (parts === null) return undefined;
  const [hours, minutes, seconds] = parts.slice(1).map((n) => Number(n ?? 0));
  if (
    hours === undefined || minutes === undefined || seconds === undefined ||
    hours > 23 || minutes > 59 || seconds > 59
  ) return undefined;
  const date = new Date(now);
  date.setHours(hours, minutes, seconds, 0);
  if (date.getTime() <= now) date.setDate(date.getDate() + 1);
  return date.getTime();
}

function parseDate(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
