/**
 * Lengths of time as people write them: `500ms`, `3s`, `2m`, `1h`, `2m05s`; a
 * bare number is seconds.
 *
 * @module
 */

const MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

const DURATION =
  /^(?:(?<h>\d+(?:\.\d+)?)h)?(?:(?<m>\d+(?:\.\d+)?)m(?!s))?(?:(?<s>\d+(?:\.\d+)?|\.\d+)s)?(?:(?<ms>\d+(?:\.\d+)?)ms)?$/;

/** The milliseconds of a duration, or undefined if it is none. */
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

/** As {@linkcode formatDuration}, without a zero at its end: `3s`, `10m`. */
export function formatLimit(ms: number): string {
  return formatDuration(ms)
    .replace(/\.0s$/, "s").replace(/m00s$/, "m").replace(/h00m$/, "h");
}

/** How long a loop has been blocked: `3.2 s`, `2m05s`. */
export function formatBlocked(ms: number): string {
  return ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms);
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}
