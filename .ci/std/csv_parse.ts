import { parse as untyped } from "deno-std/csv/parse.js";

export const parse: (input: string) => string[][] = untyped;
