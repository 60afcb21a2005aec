/**
 * The permissions of the tasks in a child process, and the flags that give the
 * process no others.
 *
 * @module
 */
import type { ChildSettings } from "../protocol/messages.ts";

/** The kinds of access for which Deno has a permission. */
export type PermissionKind =
  | "read"
  | "write"
  | "net"
  | "env"
  | "run"
  | "ffi"
  | "sys"
  | "import";

/** What the list of each permission names, as Deno calls it in a query. */
const LISTED: { readonly [K in PermissionKind]: string } = {
  read: "path",
  write: "path",
  net: "host",
  env: "variable",
  run: "command",
  ffi: "path",
  sys: "kind",
  import: "host",
};

const KINDS = Object.keys(LISTED) as readonly PermissionKind[];

/**
 * For each kind of access: `true` gives all of it, a list gives only these paths,
 * hosts or names, in the form that Deno's flags take. A kind that is left out is
 * denied. A program can only give permissions that it has itself. npm packages
 * are imports from the host `registry.npmjs.org`.
 */
export type TaskPermissions = {
  readonly [K in PermissionKind]?: boolean | readonly string[];
};

/**
 * Checks the permissions that a program gives its tasks. Resolves relative paths
 * now, because the program may change its folder before a child starts.
 *
 * @throws {TypeError} One of them is not a permission, or not the program's.
 */
export function resolvePermissions(
  permissions: TaskPermissions,
): TaskPermissions {
  const resolved: { [K in PermissionKind]?: boolean | string[] } = {};
  for (const [name, given] of Object.entries(permissions)) {
    const kind = KINDS.find((one) => one === name);
    if (kind === undefined || !(typeof given === "boolean" || isList(given))) {
      throw new TypeError(
        `Cannot give the permission ${name}: ${Deno.inspect(given)}; the ` +
          `kinds are ${
            KINDS.join(", ")
          }, each true, false or a list of strings`,
      );
    }
    if (given === true) checkHas(kind);
    resolved[kind] = typeof given === "boolean"
      ? given
      : given.map((item) => resolveItem(kind, item));
  }
  return resolved;
}

function isList(given: unknown): given is readonly string[] {
  return Array.isArray(given) &&
    given.every((item) => typeof item === "string" && item !== "");
}

function resolveItem(kind: PermissionKind, item: string): string {
  let resolved = item;
  if (LISTED[kind] === "path" || kind === "run") {
    // Loaded on demand: an import would slow the start of every program.
    const { basename, resolve } = globalThis.process.getBuiltinModule(
      "node:path",
    );
    if (kind !== "run" || basename(item) !== item) resolved = resolve(item);
  }
  // Deno would split it there, and has no escape for a comma.
  if (resolved.includes(",")) {
    throw new TypeError(
      `Cannot give the permission ${kind} for "${resolved}": Deno's flags ` +
        `can't name it, because it contains a comma; give a permission that ` +
        `includes it, or all of ${kind} with true`,
    );
  }
  checkHas(kind, resolved);
  return resolved;
}

/** @throws {TypeError} The program does not have the permission itself. */
function checkHas(kind: PermissionKind, item?: string): void {
  if (isWhole(kind) || item !== undefined && isWhole(kind, item)) return;
  const what = item === undefined ? kind : `${kind} for "${item}"`;
  throw new TypeError(
    `Cannot give the permission ${what}: this program itself does not have ` +
      `it, or not all of it`,
  );
}

function statusOf(
  name: PermissionKind,
  item?: string,
): { state: Deno.PermissionState; partial: boolean } {
  return Deno.permissions.querySync(
    { name, [LISTED[name]]: item } as Deno.PermissionDescriptor,
  );
}

/** Whether this program has all of it, without an exception. */
function isWhole(kind: PermissionKind, item?: string): boolean {
  const { state, partial } = statusOf(kind, item);
  return state === "granted" && !partial;
}

/**
 * The program's own permissions. Of a kind that it has only in part, Deno does not
 * tell which part, and it is left out.
 */
export function ownPermissions(): TaskPermissions {
  const own: { [K in PermissionKind]?: boolean | string[] } = {};
  for (const kind of KINDS) own[kind] = isWhole(kind);
  if (!own.import && statusOf("import").state !== "denied") {
    own.import = DEFAULT_HOSTS.filter((host) => isWhole("import", host));
    if (own.import.length > 0) own.import.push(NPM_REGISTRY);
  }
  return own;
}

/** The kinds of access that this program has, except for something denied. */
export function deniedInPart(): PermissionKind[] {
  return KINDS.filter((kind) => {
    const { state, partial } = statusOf(kind);
    return state === "granted" && partial;
  });
}

/** The hosts that a program may import from by default. */
const DEFAULT_HOSTS = [
  "deno.land:443",
  "jsr.io:443",
  "esm.sh:443",
  "raw.esm.sh:443",
  "cdn.jsdelivr.net:443",
  "raw.githubusercontent.com:443",
  "gist.githubusercontent.com:443",
];

/** Deno needs no permission for an import from npm. */
const NPM_REGISTRY = "registry.npmjs.org";

/** How a child starts that has these permissions and no others. */
export function confined(permissions: TaskPermissions): ChildSettings {
  const flags = KINDS.flatMap((kind) => {
    const given = permissions[kind];
    if (given === true) return [`--allow-${kind}`];
    const list = [...given || [], ...OWN[kind] ?? []];
    if (list.length > 0) return [`--allow-${kind}=${list}`];
    return kind === "import" ? NO_IMPORTS : [];
  });
  const { read, write, import: imports } = permissions;
  const npm = imports === true || imports && imports.includes(NPM_REGISTRY);
  if (!npm) flags.push("--no-npm");
  // Deno itself would write the imports of tasks to the lock file.
  if (write !== true) flags.push("--no-lock");
  return {
    flags,
    env: write === true ? {} : NO_CACHE,
    folder: read === true ? undefined : UNNAMEABLE,
  };
}

/** Without a list, Deno allows its default hosts, whatever is denied. */
const NO_IMPORTS = [
  "--allow-import=none.invalid",
  "--deny-import=none.invalid",
];

/**
 * The Cache API writes to the disk without a permission, and no flag turns it
 * off. With this variable it uses a server, which does not exist.
 */
const NO_CACHE = { DENO_CACHE_LSC_ENDPOINT: "http://0.0.0.0:0," };

const HERE = new URL("../", import.meta.url);
const FOLDER = import.meta.dirname?.replace(/[^\\/]+$/, "");

/** A flag can't name a path with a comma. A child that starts there uses `.`. */
const UNNAMEABLE = FOLDER?.includes(",") ? FOLDER : undefined;

/** The modules of the loop itself, which its Worker loads. */
const OWN: { readonly [K in PermissionKind]?: readonly string[] } =
  FOLDER === undefined
    ? { import: [HERE.host] }
    : { read: [UNNAMEABLE === undefined ? FOLDER : "."] };
