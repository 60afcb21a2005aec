/**
 * A door between a test and its tasks, in whatever thread or process these
 * are: they come to it and wait, the test knows that they have come, and opens
 * it. Where they are threads of one process, a {@linkcode Gate} is cheaper.
 */
import { until } from "./until.ts";

export class Door implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #waiting: Deno.Conn[] = [];
  readonly #accepting: Promise<void>;
  #arrived = 0;
  #open = false;

  constructor() {
    this.#accepting = this.#accept();
  }

  /** What a task needs to come to it. */
  get key(): number {
    return this.#listener.addr.port;
  }

  async #accept(): Promise<void> {
    for await (const one of this.#listener) {
      if (this.#open) one.close();
      else this.#waiting.push(one);
      this.#arrived++;
    }
  }

  /** Resolves when so many tasks have come; rejects if they don't. */
  async arrivals(count = 1): Promise<void> {
    await until(() => this.#arrived >= count);
  }

  /** Lets through those who wait, and those who come from now on. */
  open(): void {
    this.#open = true;
    for (const one of this.#waiting.splice(0)) one.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.open();
    this.#listener.close();
    await this.#accepting;
  }
}

/** In a task: says that it has come, and waits till the door is open. */
export async function pass(key: number): Promise<void> {
  using door = await Deno.connect({ hostname: "127.0.0.1", port: key });
  // Closing it is what opens the door.
  await door.read(new Uint8Array(1));
}

/** In a task: says that it has come. */
export async function arrive(key: number): Promise<void> {
  (await Deno.connect({ hostname: "127.0.0.1", port: key })).close();
}
