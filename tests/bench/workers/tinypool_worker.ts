export { countActive, echo, sizeOf, sleep } from "../tasks.ts";
