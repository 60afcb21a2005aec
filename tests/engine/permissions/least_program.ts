import { LoopController } from "../../../mod.ts";

const [isolation] = Deno.args as ("worker" | "process")[];
await using loop = new LoopController({ isolation: isolation! });
console.log(await loop.submit(() => 42));
