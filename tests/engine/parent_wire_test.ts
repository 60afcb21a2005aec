import { assertEquals } from "@std/assert";
import { InOrder } from "../../src/engine/parent_wire.ts";

/** Pushes each place in turn, with itself as the message; gives what came. */
function pushAll(order: InOrder, places: readonly number[]): number[] {
  return places.flatMap((place) =>
    [...order.push(new Uint8Array([place]), place)].map(([first]) => first!)
  );
}

Deno.test("InOrder holds what comes too early till its turn", () => {
  const order = new InOrder();
  assertEquals(pushAll(order, [3, 2]), []);
  assertEquals(pushAll(order, [1, 5]), [1, 2, 3]);
  assertEquals(pushAll(order, [4]), [4, 5]);
});

Deno.test("InOrder gives what comes twice once", () => {
  const order = new InOrder();
  assertEquals(pushAll(order, [1, 1, 3, 3, 2, 2, 3, 1, 4]), [1, 2, 3, 4]);
});

Deno.test("InOrder gives what has no place at once", () => {
  assertEquals(pushAll(new InOrder(), [2, 0, 0, 1]), [0, 0, 1, 2]);
});
