/**
 * Where a Deno Worker begins. It has no top-level await: what is posted to a
 * worker before its handler stands is lost.
 *
 * @module
 */
import { followClock } from "../clock.ts";
import type { WorkerInit } from "../protocol/messages.ts";
import { provideCurrentTask, task } from "../task_api.ts";
import { ControllerLink } from "./controller_link.ts";
import {
  announceExit,
  bindFetch,
  captureConsole,
  captureStreams,
  closeStdin,
  logUnhandledErrors,
} from "./globals.ts";
import { Inbox } from "./inbox.ts";
import { Loop } from "./loop.ts";

addEventListener("message", (event) => {
  const init = (event as MessageEvent<WorkerInit>).data;
  const { settings } = init;
  followClock(init.clock);
  const link = new ControllerLink(init);
  const loop = new Loop({
    grace: settings.grace,
    post: (batch) => link.post(batch),
    backlog: () => link.sharedState.backlog,
    called: (id) => link.sharedState.setLatest(id),
  });
  const inbox = new Inbox(loop, (id) => link.sharedState.begin(id));
  provideCurrentTask(() => loop.current());
  Object.assign(globalThis, { task });
  logUnhandledErrors(loop);
  announceExit(loop);
  closeStdin();
  bindFetch(loop);
  if (settings.console === "capture") {
    captureConsole(loop);
    captureStreams(loop);
  }
  link.listen((batch) => inbox.receive(batch));
}, { once: true });
