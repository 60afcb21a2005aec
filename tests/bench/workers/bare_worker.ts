/** One message for each request, one for each reply. */
import type { Request } from "./messages.ts";
import { serve } from "./serve.ts";

const scope = self as unknown as Worker;
const handle = serve((reply) => scope.postMessage(reply));
scope.onmessage = (event: MessageEvent<Request>) => handle(event.data);
