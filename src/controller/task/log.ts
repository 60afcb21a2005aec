/**
 * The log of a task: its last lines, and who follows them.
 *
 * @module
 */
import { MAX_LOG_CHARACTERS, MAX_LOG_LINES } from "../../log_buffer.ts";
import type { LogEntry } from "../../task.ts";
import type { TaskLog, TaskRecord } from "./record.ts";

export function logOf(record: TaskRecord): TaskLog {
  return record.ensureDetails().log ??= {
    entries: [],
    first: 0,
    units: 0,
    dropped: 0,
    closed: false,
    followers: new Set(),
  };
}

export function appendLog(
  record: TaskRecord,
  entries: readonly LogEntry[],
  dropped: number,
): void {
  const log = logOf(record);
  log.entries.push(...entries);
  for (const { text } of entries) log.units += text.length;
  log.dropped += dropped;
  trim(log);
  wake(log);
}

function trim(log: TaskLog): void {
  let over = 0;
  while (
    log.entries.length - over > MAX_LOG_LINES || log.units > MAX_LOG_CHARACTERS
  ) {
    log.units -= log.entries[over++]!.text.length;
  }
  if (over === 0) return;
  log.entries.splice(0, over);
  log.first += over;
  log.dropped += over;
}

/** Wakes the followers, because the task has ended. */
export function wakeFollowers(record: TaskRecord): void {
  const log = record.details?.log;
  if (log !== undefined) wake(log);
}

/** No more lines will come, though an abandoned task may still run. */
export function closeLog(record: TaskRecord): void {
  const log = logOf(record);
  log.closed = true;
  wake(log);
}

function wake(log: TaskLog): void {
  for (const follower of [...log.followers]) follower();
}

/**
 * Yields the lines so far, then each new line, until the task has ended or
 * `signal` aborts. A slow reader misses the lines that were dropped meanwhile.
 */
export async function* followLog(
  record: TaskRecord,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogEntry> {
  const log = logOf(record);
  /** The number of the next line. */
  let next = 0;
  for (;;) {
    next = Math.max(next, log.first);
    const entry = log.entries[next - log.first];
    if (entry !== undefined) {
      next++;
      yield entry;
      continue;
    }
    const over = log.closed || (record.done && !record.abandoned);
    if (over || signal?.aborted) return;
    await changed(log, signal);
  }
}

function changed(log: TaskLog, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      log.followers.delete(wake);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    log.followers.add(wake);
    signal?.addEventListener("abort", wake);
  });
}
