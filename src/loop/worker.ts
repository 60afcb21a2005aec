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
  captureStreams,
  closeStdin,
  surviveStrayErrors,
} from "./guard.ts";
import { Loop } from "./loop.ts";

addEventListener("message", (event) => {
  const init = (event as MessageEvent<WorkerInit>).data;
  const { port, settings } = init;
  const pulse = new Pulse(init.pulse);
  const loop = new Loop((batch) => {
    port.postMessage(batch);
    pulse.posted();
  }, { grace: settings.grace, begin: (id) => pulse.begin(id) });
  provideCurrentTask(() => loop.current());
  Object.assign(globalThis, { task });
  surviveStrayErrors(loop);
  announceExit(loop);
  closeStdin();
  bindFetch(loop);
  if (settings.console === "capture") {
    captureConsole(loop);
    captureStreams(loop);
  }
  port.onmessage = ({ data }: MessageEvent<readonly ToLoop[]>) =>
    loop.receive(data);
}, { once: true });
