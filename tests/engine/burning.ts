/**
 * A program with a worker that can't be stopped: it prints what comes of a kill
 * of the task that never yields, and of the loop that comes after.
 */
import { LoopController } from "../../mod.ts";
import { until } from "../until.ts";

const loop = new LoopController({ grace: 0, onWarning: () => {} });
const sibling = loop.submit(() => new Promise(() => {}));
const spin = loop.submit(() => {
  for (;;);
});
await until(() => loop.health().state === "blocked");
console.log(await spin.cancel());
const { confirmed, lost } = await spin.kill();
console.log(confirmed, lost.map(({ id }) => id));
console.log(await loop.submit(() => "the next loop works"));
console.log(loop.health().state, spin.state, spin.abandoned, sibling.state);
await loop.close({ cancel: true });
console.log(loop.list().map(({ id, abandoned }) => `${id} ${abandoned}`));
Deno.exit(3);
