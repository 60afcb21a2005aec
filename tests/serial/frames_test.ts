import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  FrameDecoder,
  FrameEncoder,
  HEADER_BYTES,
  newFrameKey,
  nextSequence,
  OPEN_KEY,
  setSequence,
} from "../../src/serial/frames.ts";

const messages = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });

/** Where to cut a stream, as parts of its length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  maxLength: 20,
});

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(
    parts.reduce((length, part) => length + part.byteLength, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}

function* chunks(
  stream: Uint8Array,
  parts: readonly number[],
): Generator<Uint8Array> {
  const places = parts.map((part) => Math.floor(part * stream.byteLength))
    .sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, stream.byteLength]) {
    yield stream.slice(from, to);
    from = to;
  }
}

function withRoom(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + message.byteLength);
  frame.set(message, HEADER_BYTES);
  return frame;
}

function framesOf(key: typeof OPEN_KEY, sent: readonly Uint8Array[]) {
  const encoder = new FrameEncoder(key);
  return sent.map((message) => encoder.encode(withRoom(message)));
}

/** All that comes of a stream: messages, and whether it was found broken. */
function decode(
  key: typeof OPEN_KEY,
  stream: Iterable<Uint8Array>,
): { received: number[][]; broken: boolean } {
  const decoder = new FrameDecoder(key);
  const received: number[][] = [];
  try {
    for (const chunk of stream) {
      for (const { message } of decoder.push(chunk)) {
        received.push([...message]);
      }
    }
  } catch {
    return { received, broken: true };
  }
  return { received, broken: false };
}

Deno.test("FrameDecoder gives what FrameEncoder took, wherever the stream is cut", () => {
  fc.assert(fc.property(messages, cuts, (sent, parts) => {
    const key = newFrameKey();
    const stream = join(framesOf(key, sent));
    assertEquals(decode(key, chunks(stream, parts)), {
      received: sent.map((message) => [...message]),
      broken: false,
    });
  }));
});

Deno.test("FrameDecoder gives each message a buffer of its own", () => {
  const stream = join(
    framesOf(OPEN_KEY, [new Uint8Array(3), new Uint8Array(5)]),
  );
  const [first, second] = new FrameDecoder(OPEN_KEY).push(stream);
  assertEquals(
    [first, second].map((one) => one?.message.buffer.byteLength),
    [3, 5],
  );
});

Deno.test("FrameDecoder waits for the rest of a stream that is cut off", () => {
  fc.assert(fc.property(messages, fc.nat(), (sent, at) => {
    const stream = join(framesOf(OPEN_KEY, sent));
    const part = stream.slice(0, at % (stream.byteLength + 1));
    const { received, broken } = decode(OPEN_KEY, [part]);
    assertEquals(broken, false);
    assertEquals(received, sent.slice(0, received.length).map((m) => [...m]));
  }));
});

// Shorter garbage can be the beginning of a key by chance.
Deno.test("FrameDecoder takes nothing for a message that is none", () => {
  const garbage = fc.uint8Array({ minLength: 8, maxLength: 300 });
  fc.assert(fc.property(garbage, cuts, (bytes, parts) => {
    assertEquals(decode(newFrameKey(), chunks(bytes, parts)), {
      received: [],
      broken: true,
    });
  }));
});

Deno.test("FrameDecoder notices garbage between messages as soon as it comes", () => {
  const garbage = fc.uint8Array({ minLength: 8, maxLength: 40 });
  fc.assert(fc.property(messages, garbage, cuts, (sent, bytes, parts) => {
    const key = newFrameKey();
    const stream = join([...framesOf(key, sent), bytes]);
    assertEquals(decode(key, chunks(stream, parts)), {
      received: sent.map((message) => [...message]),
      broken: true,
    });
  }));
});

Deno.test("FrameDecoder notices at the next message that one was taken away", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array(), { minLength: 2, maxLength: 8 }),
      fc.nat(),
      (sent, which) => {
        const frames = framesOf(OPEN_KEY, sent);
        const lost = which % (sent.length - 1);
        frames.splice(lost, 1);
        assertEquals(decode(OPEN_KEY, frames), {
          received: sent.slice(0, lost).map((message) => [...message]),
          broken: true,
        });
      },
    ),
  );
});

Deno.test("FrameDecoder takes no message twice", () => {
  const [frame] = framesOf(OPEN_KEY, [new Uint8Array([1])]);
  const decoder = new FrameDecoder(OPEN_KEY);
  assertEquals([...decoder.push(frame!)].length, 1);
  assertThrows(() => [...decoder.push(frame!)], Error, "not a message");
});

Deno.test("FrameDecoder takes nothing that was made with another key", () => {
  const [frame] = framesOf(newFrameKey(), [new Uint8Array([1])]);
  assertThrows(() => [...new FrameDecoder(newFrameKey()).push(frame!)], Error);
});

Deno.test("setSequence numbers a message, and FrameDecoder gives the number", () => {
  const key = newFrameKey();
  const encoder = new FrameEncoder(key);
  const sequences = [1, 0, 0x12345678, 2 ** 32 - 1];
  const stream = sequences.map((sequence) => {
    const frame = withRoom(new Uint8Array(2));
    setSequence(frame, sequence);
    return encoder.encode(frame);
  });
  const received = [...new FrameDecoder(key).push(join(stream))];
  assertEquals(received.map(({ sequence }) => sequence), sequences);
});

Deno.test("nextSequence counts from 1, and from 1 again behind the last", () => {
  assertEquals([0, 1, 2 ** 32 - 1].map(nextSequence), [1, 2, 1]);
});
