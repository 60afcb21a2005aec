/**
 * `--task-allow-…`: what tasks may do that run in a process.
 *
 * @module
 */
import type { PermissionKind, TaskPermissions } from "../../mod.ts";
import { OptionError } from "./option_error.ts";

/** What a list for each kind of access names; every kind is in the table. */
const LISTS: { readonly [K in PermissionKind]: string } = {
  read: "paths",
  write: "paths",
  net: "hosts",
  env: "names of variables",
  run: "programs",
  ffi: "paths of libraries",
  sys: "names of calls",
  import: "hosts",
};

const KINDS = Object.keys(LISTS) as readonly PermissionKind[];

const FLAG = /^--task-allow-(?<what>[a-z]+)(?:=(?<list>.*))?$/s;

/** The options that there are. */
export const PERMISSION_FLAGS: readonly string[] = [...KINDS, "all", "none"]
  .map((what) => `--task-allow-${what}`);

/** The permissions of a command line, and what else is on it. */
export interface PermissionArgs {
  /** None, if nothing was said of them. */
  readonly permissions: TaskPermissions | undefined;
  /** The options that said so. */
  readonly given: readonly string[];
  readonly rest: readonly string[];
}

/**
 * Takes the permissions out of a command line. Their values may be left out,
 * so they never are the next argument.
 *
 * @throws {OptionError} If one is wrong, or contradicts another.
 */
export function takePermissions(args: readonly string[]): PermissionArgs {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  const given: string[] = [];
  const rest: string[] = [];
  const permissions: { [K in PermissionKind]?: boolean | string[] } = {};
  for (const arg of options) {
    const { what, list } = FLAG.exec(arg)?.groups ?? {};
    const flag = `--task-allow-${what}`;
    if (what === undefined || !PERMISSION_FLAGS.includes(flag)) {
      rest.push(arg);
      continue;
    }
    given.push(flag);
    if (what === "all" || what === "none") {
      if (list !== undefined) throw new OptionError(`${flag} takes no value`);
      for (const kind of KINDS) permissions[kind] = what === "all";
      continue;
    }
    const kind = what as PermissionKind;
    permissions[kind] = add(permissions[kind], kind, list);
  }
  const whole = given.find((flag) => /-(all|none)$/.test(flag));
  const other = given.find((flag) => flag !== whole);
  if (whole !== undefined && other !== undefined) {
    throw new OptionError(`${whole} says it all: it goes with no ${other}`);
  }
  return {
    permissions: given.length === 0 ? undefined : permissions,
    given,
    rest: end < 0 ? rest : [...rest, ...args.slice(end)],
  };
}

function add(
  before: boolean | string[] | undefined,
  kind: PermissionKind,
  list: string | undefined,
): boolean | string[] {
  if (list === undefined) return true;
  const items = list.split(",");
  if (items.includes("")) {
    throw new OptionError(
      `--task-allow-${kind}= needs ${LISTS[kind]}, with commas between them; ` +
        `without the = it allows all`,
    );
  }
  return before === true || before === false || before === undefined
    ? items
    : [...before, ...items];
}
