/**
 * Where a Deno Worker begins. It has no top-level await: what is posted to a
 * worker before its handler stands is lost.
 *
 * @module
 */
import type { ToLoop, WorkerInit } from "../protocol.ts";
import { Pulse } from "../pulse.ts";
import { provideCurrentTask, task } from "../task_api.ts";
import {
  announceExit,
  bindFetch,
  captureConsole,
  closeStdin,
  surviveStrayErrors,
} from "./guard.ts";
import { Loop } from "./loop.ts";

addEventListener("message", (event) => {
  const init = (event as MessageEvent<WorkerInit>).data;
  const { port, grace, console } = init;
  const pulse = new Pulse(init.pulse);
  const loop = new Loop((batch) => {
    port.postMessage(batch);
    pulse.posted();
  }, { grace, begin: (id) => pulse.begin(id) });
  provideCurrentTask(() => loop.current());
  Object.assign(globalThis, { task });
  surviveStrayErrors(loop);
  announceExit(loop);
  closeStdin();
  bindFetch(loop);
  if (console === "capture") captureConsole(loop);
  port.onmessage = ({ data }: MessageEvent<readonly ToLoop[]>) =>
    loop.receive(data);
}, { once: true });
