/** How a test brings a task into a state of the table of semantics. */
import type { LoopController, TaskHandle } from "../../mod.ts";
import { taskModule } from "../../mod.ts";
import { Door } from "../door.ts";
import { openLoop } from "../helpers.ts";
import { until } from "../until.ts";
import { type State, VALUE } from "./semantics.ts";
import { DAY } from "./travel.ts";

export const tasks = taskModule<typeof import("./semantics_tasks.ts")>(
  import.meta.resolve("./semantics_tasks.ts"),
);

/** A task in a state, and what holds it there. */
export class Stage implements AsyncDisposable {
  /** Before the task in front of a queued one. */
  readonly front: Door = new Door();
  /** Before the task itself. */
  readonly own: Door = new Door();
  #other: LoopController | undefined;

  /** Lets all go on. */
  open(): void {
    this.front.open();
    this.own.open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.front[Symbol.asyncDispose]();
    await this.own[Symbol.asyncDispose]();
    await this.#other?.[Symbol.asyncDispose]();
  }

  /**
   * Brings a task into `state`. It is in an array, since a handle that is
   * returned by an async function would be awaited.
   */
  async enter(
    state: State,
    loop: LoopController,
  ): Promise<[TaskHandle<number>]> {
    const { front, own } = this;
    switch (state) {
      case "queued":
        loop.concurrency = 1;
        loop.submit(tasks.waitAt, [front.key, 0]);
        await front.arrivals();
        return [loop.submit(tasks.waitAt, [own.key, VALUE])];
      case "running":
        return await this.#running(loop);
      case "running, isolated":
        return await this.#running(loop, { isolate: true });
      case "running, of another controller":
        return await this.#running(this.#other = openLoop());
      case "cancelling":
      case "cancelling, with children": {
        const task = state === "cancelling"
          ? tasks.cleanUpTill
          : tasks.withChild;
        const handle = loop.submit(task, [front.key, own.key]);
        await front.arrivals();
        handle.cancel("stop", { grace: DAY });
        await own.arrivals();
        return [handle];
      }
      case "succeeded": {
        const handle = loop.submit(tasks.echo, [VALUE]);
        await loop.wait([handle]);
        return [handle];
      }
      case "failed": {
        const handle = loop.submit(tasks.fail, ["boom"]);
        await loop.wait([handle]);
        return [handle];
      }
      case "cancelled": {
        const [handle] = await this.#running(loop);
        await handle.cancel();
        return [handle];
      }
      case "loop closed": {
        const [handle] = await this.#running(loop);
        loop.kill();
        return [handle];
      }
    }
  }

  async #running(
    loop: LoopController,
    options = {},
  ): Promise<[TaskHandle<number>]> {
    const handle = loop.submit(tasks.waitAt, [this.own.key, VALUE], options);
    await this.own.arrivals();
    // It is on its way that it has begun, from a process for a little while.
    await until(() => handle.state === "running");
    return [handle];
  }
}
