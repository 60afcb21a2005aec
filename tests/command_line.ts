/**
 * What a child deno is given before the program that it runs.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Where `@std` comes from on a machine that cannot reach JSR. */
export const IMPORT_MAP: readonly string[] = [
  "--import-map",
  fileURLToPath(import.meta.resolve("../.ci/import_map.json")),
];

/** Runs a program with all permissions. */
export const RUN: readonly string[] = ["run", "-A", ...IMPORT_MAP];
