/** Stands in for `jsr:@std/cli` where JSR can't be reached. */
export * from "./parse_args.ts";
