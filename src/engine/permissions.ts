/**
 * What the tasks of a process may do, and how a child deno is held to it.
 *
 * @module
 */
import type { ChildSettings } from "../protocol/messages.ts";

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

/** For each kind of access, what a list of it names. */
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
 * For each kind of access: `true` for all of it, a list for these alone (paths,
 * hosts, names, as Deno's flags take them), left out for none. Tasks get
 * nothing that the program itself does not have. npm packages are imports from
 * the host `registry.npmjs.org`.
 */
export type TaskPermissions = {
  readonly [K in PermissionKind]?: boolean | readonly string[];
};

/**
 * Checks what a program gives its tasks, and resolves its relative paths, so
 * that they mean the same whenever a child is started.
 *
 * @throws {TypeError} Something in it is no permission, or more than the
 * program has.
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
    // Loaded for a path only: every program would pay for an import.
    const { basename, resolve } = globalThis.process.getBuiltinModule(
      "node:path",
    );
    if (kind !== "run" || basename(item) !== item) resolved = resolve(item);
  }
  // Deno would take it for two, and has no escape for it.
  if (resolved.includes(",")) {
    throw new TypeError(
      `Cannot give the permission ${kind} for "${resolved}": Deno's flags ` +
        `can't name what has a comma in it; give it for what contains it, or ` +
        `all of it with true`,
    );
  }
  checkHas(kind, resolved);
  return resolved;
}

/** As Deno's own Workers: what starts a task can't give what it has not. */
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

/** Whether this program may do it without exception. */
function isWhole(kind: PermissionKind, item?: string): boolean {
  const { state, partial } = statusOf(kind, item);
  return state === "granted" && !partial;
}

/**
 * What this program may do, as far as it can be asked: of a kind that it may
 * use in part, Deno does not tell which part.
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

/** The kinds of which something was denied to this program, and not all. */
export function deniedInPart(): PermissionKind[] {
  return KINDS.filter((kind) => {
    const { state, partial } = statusOf(kind);
    return state === "granted" && partial;
  });
}

/** What a program may import from if its flags say nothing of imports. */
const DEFAULT_HOSTS = [
  "deno.land:443",
  "jsr.io:443",
  "esm.sh:443",
  "raw.esm.sh:443",
  "cdn.jsdelivr.net:443",
  "raw.githubusercontent.com:443",
  "gist.githubusercontent.com:443",
];

/** To Deno no import has to be allowed that comes from npm. */
const NPM_REGISTRY = "registry.npmjs.org";

/** How a child deno is started that has these permissions and no others. */
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
  // Deno itself would write to it what a task imports.
  if (write !== true) flags.push("--no-lock");
  return {
    flags,
    env: write === true ? {} : NO_CACHE,
    folder: read === true ? undefined : UNNAMEABLE,
  };
}

/** Without a list, Deno's default hosts are open, whatever is denied. */
const NO_IMPORTS = [
  "--allow-import=none.invalid",
  "--deny-import=none.invalid",
];

/**
 * The Cache API needs no permission to write to the disk, and no flag closes
 * it. So it is sent to a server that nobody can reach.
 */
const NO_CACHE = { DENO_CACHE_LSC_ENDPOINT: "http://0.0.0.0:0," };

const HERE = new URL("../", import.meta.url);
const FOLDER = import.meta.dirname?.replace(/[^\\/]+$/, "");

/** A flag can't name a path with a comma, but be read in it, as `.`. */
const UNNAMEABLE = FOLDER?.includes(",") ? FOLDER : undefined;

/** The modules of the loop itself, which its Worker loads. */
const OWN: { readonly [K in PermissionKind]?: readonly string[] } =
  FOLDER === undefined
    ? { import: [HERE.host] }
    : { read: [UNNAMEABLE === undefined ? FOLDER : "."] };
