import type { Figures, InsideItem } from "../item.ts";
import type { Open, Session } from "../session.ts";
import { median } from "../statistics.ts";

const MIB = 2 ** 20;
const WARM_UP = 200;
const TIMES = 20;
/** Milliseconds after which what has been measured must do. */
const ENOUGH = 3000;

/** Times `act` on fresh payloads; making them is not timed. */
async function measure<P>(
  open: Open,
  make: () => P,
  act: (session: Session, payload: P) => PromiseLike<boolean>,
): Promise<Figures> {
  const session = open();
  for (let n = 0; n < WARM_UP; n++) await session.call("echo", n);
  const samples: number[] = [];
  const began = performance.now();
  for (let n = 0; n < TIMES; n++) {
    const payload = make();
    const start = performance.now();
    const arrived = await act(session, payload);
    session.forget();
    samples.push(performance.now() - start);
    if (!arrived) throw new Error("the payload did not arrive whole");
    if (performance.now() - began > ENOUGH) break;
  }
  return { ms: median(samples) };
}

function payloadItem(
  name: string,
  title: string,
  measure: InsideItem["measure"],
): InsideItem {
  const metrics = [{ key: "ms", unit: "ms", better: "less" }] as const;
  return { name, title, metrics, measure };
}

function bytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(16 * MIB).fill(7);
}

function manyKeys(): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]),
  );
}

export const payloads: readonly InsideItem[] = [
  payloadItem(
    "text",
    "1 MB of text, there and back",
    (open) =>
      measure(open, () => "x".repeat(MIB), async (session, text) => {
        const echoed = await session.call("echo", text) as string;
        return echoed.length === text.length;
      }),
  ),
  payloadItem(
    "bytes",
    "16 MB of bytes copied, there and back",
    (open) =>
      measure(open, bytes, async (session, sent) => {
        const echoed = await session.call("echo", sent) as Uint8Array;
        return echoed.byteLength === sent.byteLength;
      }),
  ),
  payloadItem(
    "transfer",
    "16 MB of bytes transferred, one way",
    (open) =>
      measure(open, bytes, async (session, sent) => {
        const size = await session.transfer(sent);
        return size === 16 * MIB && sent.byteLength === 0;
      }),
  ),
  payloadItem(
    "object",
    "an object of 10,000 keys, there and back",
    (open) =>
      measure(open, manyKeys, async (session, sent) => {
        const echoed = await session.call("echo", sent) as typeof sent;
        return echoed["key9999"] === 9999;
      }),
  ),
];
