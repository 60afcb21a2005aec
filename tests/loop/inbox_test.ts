import { assertEquals } from "@std/assert";
import { Inbox } from "../../src/loop/inbox.ts";
import { Loop } from "../../src/loop/loop.ts";
import type { FromLoop } from "../../src/protocol/messages.ts";

Deno.test("Inbox answers a request to stop a task that has ended, for one who has not heard of its end", async () => {
  const { promise, resolve } = Promise.withResolvers<readonly FromLoop[]>();
  const loop = new Loop({
    grace: 0,
    post: resolve,
    backlog: () => 0,
    onCalled: () => {},
  });
  new Inbox(loop, () => true).receive([
    {
      type: "cancel",
      ids: [7, "7.1"],
      reasons: ["enough", "enough"],
      graces: [0, 0],
    },
  ]);
  const [message] = await promise;
  assertEquals(message?.type === "cancelled" && message.ids, [7, "7.1"]);
});
