/** Runs tasks on request: what one writes by hand behind `postMessage`. */
import * as tasks from "../tasks.ts";
import type { Reply, Request } from "./messages.ts";

type Task = (argument: unknown) => Promise<unknown>;

/** Returns what handles a request; `reply` is called with what comes of it. */
export function serve(
  reply: (message: Reply) => void,
): (request: Request) => void {
  const aborts = new Map<number, AbortController>();
  const settle = (id: number, result: Promise<unknown>): void => {
    result.then(
      (value) => reply({ id, value }),
      (error) => reply({ id, error: String(error) }),
    );
  };
  return (request) => {
    const { id } = request;
    if ("cancel" in request) {
      aborts.get(id)?.abort();
    } else if ("lines" in request) {
      for (let n = 0; n < request.lines; n++) reply({ id, line: `line ${n}` });
      reply({ id, value: undefined });
    } else if ("steps" in request) {
      for (let step = 0; step < request.steps; step++) reply({ id, step });
      reply({ id, value: undefined });
    } else if (request.task === "sleepUntilAborted") {
      const abort = new AbortController();
      aborts.set(id, abort);
      const sleep = tasks.sleepUntilAborted(
        request.argument as number,
        abort.signal,
      );
      settle(id, sleep.finally(() => aborts.delete(id)));
    } else {
      settle(id, (tasks[request.task] as Task)(request.argument));
    }
  };
}
