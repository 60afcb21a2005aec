/**
 * The entry of the Worker: connects a loop to its controller. There is no
 * top-level await: a Worker loses what is posted before it has a handler.
 *
 * @module
 */
import { followClock } from "../clock.ts";
import {
  type PackedToLoop,
  packFromLoop,
  unpackToLoop,
} from "../protocol/post.ts";
import type { FromLoop, ToLoop, WorkerInit } from "../protocol/messages.ts";
import { SharedState } from "../protocol/shared_state.ts";
import {
  CancelledError,
  provideCurrentTask,
  task,
  TimeoutError,
} from "../task_api.ts";
import { patchGlobals } from "./globals.ts";
import { Inbox } from "./inbox.ts";
import { Loop } from "./loop.ts";

async function begin(init: WorkerInit): Promise<void> {
  const { port, settings } = init;
  followClock(init.clock);
  const sharedState = new SharedState(init.sharedState);
  // The port's own copies: a task may replace those of the prototypes.
  const postMessage = port.postMessage.bind(port);
  const dispatchEvent = port.dispatchEvent.bind(port);
  Object.defineProperty(port, "dispatchEvent", { value: dispatchEvent });
  // Loaded on demand: only in a child process does a post cross as bytes.
  const wire = settings.overWire
    ? new (await import("./wire_link.ts")).WireLink(postMessage, sharedState)
    : undefined;

  /** @throws {DOMException} `DataCloneError`: something can't be copied. */
  const post = (messages: readonly FromLoop[]): void => {
    if (wire !== undefined) return wire.post(messages);
    postMessage(packFromLoop(messages));
    sharedState.addPost();
  };
  const loop = new Loop({
    grace: settings.grace,
    post,
    backlog: () => sharedState.backlog,
    onCalled: (id) => sharedState.setLatest(id),
  });
  const inbox = new Inbox(loop, (id) => sharedState.begin(id));
  provideCurrentTask(() => loop.current());
  Object.assign(globalThis, { task, CancelledError, TimeoutError });
  patchGlobals(loop, settings.console);
  const receive = (messages: readonly ToLoop[]): void => {
    try {
      inbox.receive(messages);
    } catch (error) {
      // The loop has lost what this post said, and must not go on without.
      post([{ type: "ended", how: `it can't go on: ${error}` }]);
    }
  };
  if (wire !== undefined) return wire.listen(receive);
  port.onmessage = ({ data }: MessageEvent<PackedToLoop>) =>
    receive(unpackToLoop(data));
}

addEventListener(
  "message",
  (event) => void begin((event as MessageEvent<WorkerInit>).data),
  { once: true },
);
