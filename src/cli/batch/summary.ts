/** What a batch came to, once it has ended. */
import type { Reply } from "../render/reply.ts";
import { count, formatDuration } from "../text/amounts.ts";
import { excerpt, paint } from "../text/style.ts";
import { fit } from "../text/width.ts";
import type { BatchJob } from "./job.ts";

const MAX_NAMES = 5;
const MAX_KEY_COLUMNS = 60;

/** `again` is the command that runs the failed and the rest. */
export function summaryReply(job: BatchJob, again?: string): Reply {
  const { name, tally, failure } = job;
  const { succeeded, failed, cancelled } = job.progress;
  const sums = [
    `${count(succeeded)} succeeded`,
    ...failed > 0 ? [`${count(failed)} failed`] : [],
    ...cancelled > 0 ? [`${count(cancelled)} cancelled`] : [],
  ].join(", ");
  const { elapsedMs } = job;
  return {
    text: (style) => {
      const lines = [
        `${excerpt(name)}: ${sums} in ${formatDuration(elapsedMs)}`,
      ];
      if (failure !== undefined) {
        lines.push(
          paint(`ended early: ${excerpt(failure.message)}`, "red", style),
        );
      }
      if (tally.slowest.length > 1) {
        const slowest = tally.slowest.map(({ key, duration }) =>
          `${formatDuration(duration)} ${fit(excerpt(key), MAX_KEY_COLUMNS)}`
        );
        lines.push(`slowest: ${slowest.join(", ")}`);
      }
      for (
        const { name, count, key, message } of tally.failures.slice(
          0,
          MAX_NAMES,
        )
      ) {
        const first = `${fit(excerpt(key), MAX_KEY_COLUMNS)}: ${
          excerpt(message)
        }`;
        lines.push(`${count} × ${excerpt(name)}, first ${first}`);
      }
      if (again !== undefined) lines.push(`to run the rest: ${again}`);
      return lines.join("\n  ");
    },
    json: () => ({
      type: "summary",
      name,
      succeeded,
      failed,
      cancelled,
      elapsedMs: Math.round(elapsedMs),
      endedEarly: failure?.message,
      slowest: tally.slowest.map(({ key, duration }) => ({
        key,
        durationMs: Math.round(duration),
      })),
      errors: tally.failures.map(({ name, count, key, message }) => ({
        name,
        count,
        key,
        message,
      })),
      again,
    }),
    kind: "aside",
  };
}
