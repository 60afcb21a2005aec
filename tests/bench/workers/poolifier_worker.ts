// deno-lint-ignore-file no-import-prefix -- a peer of the benchmark is no
// dependency of the package.
import { ThreadWorker } from "npm:poolifier-web-worker@0.5.15";
import { countActive, echo, sizeOf, sleep } from "../tasks.ts";

// Only what is declared async counts as asynchronous there.
export default new ThreadWorker<unknown, unknown>({
  echo: async (value) => await echo(value),
  countActive: async () => await countActive(),
  sleep: async (ms) => await sleep(ms as number),
  sizeOf: async (bytes) => await sizeOf(bytes as Uint8Array),
});
