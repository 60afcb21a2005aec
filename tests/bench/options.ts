/** What `deno task bench` takes. */
import { parseArgs } from "@std/cli/parse-args";
import { CONTESTANTS } from "./contestants/mod.ts";
import { ITEMS } from "./items/mod.ts";

export interface Options {
  /** The names of the items that are measured, all if none. */
  readonly items: readonly string[];
  /** The names of those who take part beside loopctl, all if none. */
  readonly peers: readonly string[];
  readonly rounds: number;
  /** Leaves out what takes long; fewer rounds. */
  readonly quick: boolean;
  /** The file that the report is written to as JSON, if any. */
  readonly json: string | undefined;
}

/** What is wrong with the command line. */
export class UsageError extends Error {}

const ROUNDS = 5;
const QUICK_ROUNDS = 3;

export function usage(): string {
  const names = (of: readonly { readonly name: string }[]): string =>
    of.map(({ name }) => name).join(", ");
  return `Usage: deno task bench [options]

  --item NAME    only this item; can be repeated, NAME* is all that begin so
  --peer NAME    only this contestant beside loopctl; can be repeated
  --rounds N     how often each is run (default ${ROUNDS})
  --quick        ${QUICK_ROUNDS} rounds, and without what takes minutes
  --json FILE    writes the report there, too
  --help

Items: ${names(ITEMS)}
Peers: ${names(CONTESTANTS.slice(1))}`;
}

/** @throws {UsageError} */
export function parseOptions(args: readonly string[]): Options | "help" {
  const parsed = parseArgs([...args], {
    boolean: ["quick", "help"],
    string: ["item", "peer", "rounds", "json"],
    collect: ["item", "peer"],
    unknown: (option) => {
      throw new UsageError(`Unknown option ${option}`);
    },
  });
  if (parsed.help) return "help";
  const { quick } = parsed;
  const rounds = Number(parsed.rounds ?? (quick ? QUICK_ROUNDS : ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds takes a whole number, not ${parsed.rounds}`);
  }
  return {
    items: parsed.item.flatMap((name) => matching(name, ITEMS)),
    peers: parsed.peer.flatMap((name) => matching(name, CONTESTANTS)),
    rounds,
    quick,
    json: parsed.json,
  };
}

/** The names that `wanted` stands for: one, or all that begin with `wanted*`. */
function matching(
  wanted: string,
  known: readonly { readonly name: string }[],
): string[] {
  const matches = wanted.endsWith("*")
    ? (name: string) => name.startsWith(wanted.slice(0, -1))
    : (name: string) => name === wanted;
  const names = known.map(({ name }) => name).filter(matches);
  if (names.length === 0) throw new UsageError(`Nothing is called ${wanted}`);
  return names;
}
