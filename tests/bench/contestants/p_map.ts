// deno-lint-ignore-file no-import-prefix -- a peer of the benchmark is no
// dependency of the package.
import { pMapIterable } from "npm:p-map@7.0.4";
import { numbersTo, type Open, Session } from "../session.ts";
import { open as openBare } from "./bare.ts";

/** p-map, whose mapper asks a Deno Worker with one `postMessage` for each task. */
class PMapSession extends Session {
  readonly #worker = openBare();
  override call = this.#worker.call.bind(this.#worker);
  override close = this.#worker.close.bind(this.#worker);

  override async echoMapped(count: number, lanes: number): Promise<number> {
    const mapper = async (n: number) => await this.call("echo", n);
    let taken = 0;
    const results = pMapIterable(numbersTo(count), mapper, {
      concurrency: lanes,
    });
    for await (const _ of results) taken++;
    return taken;
  }
}

export const open: Open = () => new PMapSession();
