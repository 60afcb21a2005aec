/** The loop's end of a pulse: begins one task after the other. */
import { Pulse } from "../../src/protocol/pulse.ts";

interface Init {
  readonly buffer: SharedArrayBuffer;
  /** The n-th is set if the n-th task has begun. */
  readonly begun: Uint8Array<SharedArrayBuffer>;
}

addEventListener("message", (event) => {
  const { buffer, begun } = (event as MessageEvent<Init>).data;
  const pulse = new Pulse(buffer);
  for (let n = 1; n < begun.length; n++) if (pulse.begin(n)) begun[n] = 1;
  (self as unknown as Worker).postMessage("done");
});
