/**
 * Loads versions of modules. Deno loads a URL once. So a version is a URL of its
 * own, which a module hands on to the local files that it imports.
 *
 * @module
 */
import { versionOf, withoutVersions } from "../protocol/reference.ts";

/** Loads a module; a version with the local files that it imports. */
export async function loadModule(
  url: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (versionOf(url) !== undefined) {
    await (followingImports ??= followImports());
  }
  return await import(url);
}

let followingImports: Promise<void> | undefined;

/** The local files that were imported in each version. */
const imported: Map<string, Set<string>> = new Map();

async function followImports(): Promise<void> {
  const { registerHooks } = await import("node:module");
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      const version = versionOf(context.parentURL);
      if (version === undefined || !isLocal(resolved.url)) return resolved;
      if (!imported.has(version)) imported.set(version, new Set());
      imported.get(version)!.add(resolved.url);
      return { ...resolved, url: resolved.url + version };
    },
  });
}

/** The modules of this package have state, and must be there once. */
const OUR_SOURCE = new URL("../", import.meta.url).href;

/** Whether it is a local file, but not of an npm package or our own. */
function isLocal(url: string): boolean {
  return url.startsWith("file:") && !url.startsWith(OUR_SOURCE) &&
    !/\/node_modules\/|\/npm\/[^/]*[.:_][^/]*\//.test(url);
}

/**
 * Returns the local files that a version of a module was loaded from, itself
 * first; with them those of other modules that were loaded in the same version.
 */
export function filesOf(url: string): string[] {
  const version = versionOf(url);
  if (version === undefined) return [];
  return [withoutVersions(url), ...imported.get(version) ?? []];
}
