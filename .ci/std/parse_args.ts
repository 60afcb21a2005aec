import { parseArgs as untyped } from "deno-std/cli/parse_args.js";

export interface ParseOptions<
  Booleans extends string = never,
  Strings extends string = never,
  Collected extends string = never,
> {
  "--"?: boolean;
  alias?: Readonly<Record<string, string | readonly string[]>>;
  boolean?: readonly Booleans[];
  collect?: readonly Collected[];
  default?: Readonly<Record<string, unknown>>;
  negatable?: readonly string[];
  stopEarly?: boolean;
  string?: readonly Strings[];
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Narrower than the real type: it has only what holds without `default`. */
export type Args<
  Booleans extends string = never,
  Strings extends string = never,
  Collected extends string = never,
> =
  & Record<string, unknown>
  & { [K in Exclude<Booleans, Collected>]: boolean }
  & { [K in Exclude<Strings, Collected>]?: string }
  & { [K in Extract<Strings, Collected>]: string[] }
  & { _: (string | number)[] };

export const parseArgs: <
  Booleans extends string = never,
  Strings extends string = never,
  Collected extends string = never,
>(
  args: readonly string[],
  options?: ParseOptions<Booleans, Strings, Collected>,
) => Args<Booleans, Strings, Collected> = untyped;
