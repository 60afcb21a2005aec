import { stringify as untyped } from "deno-std/csv/stringify.js";

export const stringify: (data: readonly unknown[][]) => string = untyped;
