import { assertEquals } from "@std/assert";
import { threadsReply } from "../../../src/cli/commands/poll.ts";
import { blockedReply } from "../../../src/cli/session/blocked.ts";
import { json, snapshot, text } from "../render/samples.ts";

Deno.test("render says how long the loop has been blocked, and what began last", () => {
  assertEquals(
    text(blockedReply(3240, snapshot({ id: 7 }))),
    "loop blocked 3.2 s, last started: #7 sleep; nothing in it goes on till " +
      'that yields, or "kill 7"\n',
  );
  assertEquals(
    text(blockedReply(125_000, undefined)),
    "loop blocked 2m05s; nothing in it goes on till that yields, or " +
      '"kill ID"\n',
  );
  assertEquals(
    json(blockedReply(3240, snapshot({ id: 7 }))),
    [{ type: "blocked", blockedMs: 3240, lastStarted: 7 }],
  );
  assertEquals(
    json(threadsReply([snapshot()])),
    [{ type: "threads", tasks: [1] }],
  );
});
