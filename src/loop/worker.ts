/**
 * Where a Deno Worker begins. It has no top-level await: what is posted to a
 * worker before its handler stands is lost.
 *
 * @module
 */
import { followClock } from "../clock.ts";
import type { WorkerInit } from "../protocol/messages.ts";
import {
  CancelledError,
  provideCurrentTask,
  task,
  TimeoutError,
} from "../task_api.ts";
import { ControllerLink } from "./controller_link.ts";
import { patchGlobals } from "./globals.ts";
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
  Object.assign(globalThis, { task, CancelledError, TimeoutError });
  patchGlobals(loop, settings.console);
  link.listen((batch) => inbox.receive(batch));
}, { once: true });
