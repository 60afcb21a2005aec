#!/usr/bin/env -S deno run -A
/**
 * The prompt: run tasks, and poll, cancel and collect them while they run.
 *
 * ```sh
 * deno run -A jsr:@loopctl/loopctl/cli tasks.ts
 * ```
 *
 * Commands come from the terminal, from stdin, or from `--eval`; `--help` lists
 * the options, and the command `help` the commands.
 *
 * @module
 */
import { main } from "./src/cli/main.ts";

export { main };

if (import.meta.main) Deno.exit(await main(Deno.args));
