/** Stands in for `jsr:@std/async` where JSR can't be reached. */
export * from "./abortable.ts";
export * from "./deadline.ts";
export * from "./delay.ts";
