/**
 * Paths that a typed one may go on to.
 *
 * @module
 */

/** The entries of the folder that the path is in, under that folder's path. */
export function entriesAt(typed: string): string[] {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  try {
    return Array.from(
      Deno.readDirSync(folder === "" ? "." : folder),
      ({ name, isDirectory }) => `${folder}${name}${isDirectory ? "/" : ""}`,
    ).sort();
  } catch {
    return [];
  }
}
