/** The loop's end of a shared state: begins one task after the other. */
import { SharedState } from "../../src/protocol/shared_state.ts";

interface Init {
  readonly buffer: SharedArrayBuffer;
  /** The n-th is set if the n-th task has begun. */
  readonly begun: Uint8Array<SharedArrayBuffer>;
}

addEventListener("message", (event) => {
  const { buffer, begun } = (event as MessageEvent<Init>).data;
  const sharedState = new SharedState(buffer);
  for (let n = 1; n < begun.length; n++) if (sharedState.begin(n)) begun[n] = 1;
  (self as unknown as Worker).postMessage("done");
});
