import { assertEquals } from "@std/assert";
import { PostOrder } from "../../src/engine/parent_wire.ts";

/** Pushes each sequence number as a message of its own. Returns what came out. */
function pushAll(order: PostOrder, sequences: readonly number[]): number[] {
  return sequences.flatMap((sequence) =>
    [...order.push(new Uint8Array([sequence]), sequence)].map(([first]) =>
      first!
    )
  );
}

Deno.test("PostOrder holds a message that comes too early until its turn", () => {
  const order = new PostOrder();
  assertEquals(pushAll(order, [3, 2]), []);
  assertEquals(pushAll(order, [1, 5]), [1, 2, 3]);
  assertEquals(pushAll(order, [4]), [4, 5]);
});

Deno.test("PostOrder yields a message that comes twice once", () => {
  const order = new PostOrder();
  assertEquals(pushAll(order, [1, 1, 3, 3, 2, 2, 3, 1, 4]), [1, 2, 3, 4]);
});

Deno.test("PostOrder yields a message without a sequence number at once", () => {
  assertEquals(pushAll(new PostOrder(), [2, 0, 0, 1]), [0, 0, 1, 2]);
});
