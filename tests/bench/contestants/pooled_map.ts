import { pooledMap } from "@std/async/pool";
import { numbersTo, type Open, Session } from "../session.ts";
import { open as openBare } from "./bare.ts";

/** `pooledMap`, asking a Deno Worker with one `postMessage` for each task. */
class PooledMapSession extends Session {
  readonly #worker = openBare();
  override call = this.#worker.call.bind(this.#worker);
  override close = this.#worker.close.bind(this.#worker);

  override async echoMapped(count: number, lanes: number): Promise<number> {
    let taken = 0;
    const results = pooledMap(
      lanes,
      numbersTo(count),
      async (n) => await this.call("echo", n),
    );
    for await (const _ of results) taken++;
    return taken;
  }
}

export const open: Open = () => new PooledMapSession();
