/**
 * What the tasks of a process may do.
 *
 * @module
 */

/** The kinds of access that Deno tells apart. */
export type PermissionKind =
  | "read"
  | "write"
  | "net"
  | "env"
  | "run"
  | "ffi"
  | "sys"
  | "import";

const KINDS: readonly PermissionKind[] = [
  "read",
  "write",
  "net",
  "env",
  "run",
  "ffi",
  "sys",
  "import",
];

/**
 * For each kind of access: `true` for all of it, a list for these alone (paths,
 * hosts, names, as Deno's flags take them), left out for none.
 */
export type TaskPermissions = {
  readonly [K in PermissionKind]?: boolean | readonly string[];
};

/**
 * The flags that give a child deno these permissions and no others, but for
 * reading the modules of the loop itself.
 */
export function permissionFlags(permissions: TaskPermissions): string[] {
  const flags: string[] = [];
  for (const kind of KINDS) {
    const given = permissions[kind];
    const list = Array.isArray(given) ? [...given] : [];
    if (kind === "read") list.push(...OWN_FOLDER);
    if (given === true) flags.push(`--allow-${kind}`);
    else if (list.length > 0) flags.push(`--allow-${kind}=${list.join(",")}`);
  }
  return flags;
}

/** A worker's module must be readable, where it is a file. */
const OWN_FOLDER = import.meta.url.startsWith("file:")
  ? [fromFileUrl(new URL("../", import.meta.url))]
  : [];

function fromFileUrl(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows"
    ? path.slice(1).replaceAll("/", "\\")
    : path;
}

/**
 * What this program may do without limits. What it may do in part can't be
 * asked for part by part, and is left out.
 */
export function ownPermissions(): TaskPermissions {
  const own: Record<string, boolean> = {};
  for (const name of KINDS) {
    const { state } = Deno.permissions.querySync(
      { name } as Deno.PermissionDescriptor,
    );
    own[name] = state === "granted";
  }
  return own;
}

/** @throws {TypeError} Something in it is no permission. */
export function checkPermissions(permissions: TaskPermissions): void {
  for (const [kind, given] of Object.entries(permissions)) {
    const known = KINDS.some((one) => one === kind);
    const list = Array.isArray(given) &&
      given.every((item) => typeof item === "string" && item !== "");
    if (known && (list || typeof given === "boolean")) continue;
    throw new TypeError(
      `Cannot give the permission ${kind}: ${Deno.inspect(given)}; the kinds ` +
        `are ${KINDS.join(", ")}, each true, false or a list of strings`,
    );
  }
}
