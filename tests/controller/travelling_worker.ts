/** A loop's Worker that can be taken into the future. */
import { travel } from "./travel.ts";
import "../../src/loop/worker.ts";

addEventListener("message", (event) => {
  const { data } = event as MessageEvent<{ readonly travel?: number }>;
  if (data.travel === undefined) return;
  travel(data.travel);
  (self as unknown as Worker).postMessage("travelled");
});
