/** The replies of one macrotask leave as one message. */
import type { Reply, Request } from "./messages.ts";
import { serve } from "./serve.ts";

const scope = self as unknown as Worker;
let replies: Reply[] = [];

function flush(): void {
  const batch = replies;
  replies = [];
  scope.postMessage(batch);
}

const handle = serve((reply) => {
  if (replies.push(reply) === 1) setImmediate(flush);
});
scope.onmessage = (event: MessageEvent<readonly Request[]>) => {
  for (const request of event.data) handle(request);
};
