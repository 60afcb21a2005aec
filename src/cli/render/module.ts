/** A module of tasks that was loaded, or can't be. */
import type { ModuleExport } from "../../../mod.ts";
import { escapeText } from "../../escape.ts";
import { excerpt, paint, type Style, withoutColor } from "../text/style.ts";
import type { Reply } from "./reply.ts";

/** What the reply tells of a module. */
interface Loaded {
  readonly url: string;
  readonly label: string;
  readonly exports: readonly ModuleExport[];
  readonly files: ReadonlyMap<string, unknown>;
}

/** What a module exports; `before` is the version that it replaces. */
export function moduleReply(module: Loaded, before?: Loaded): Reply {
  const { url, label, exports } = module;
  const tasks = exports.filter(({ kind }) => kind === "function");
  const others = exports.filter(({ kind }) => !/^(function|value)$/.test(kind));
  const old = before === undefined ? [] : unchanging(module);
  return {
    text: (style) => {
      const again = before === undefined ? "" : " (loaded again)";
      const title = `${excerpt(label)}${paint(again, "dim", style)}`;
      const names = tasks.map((task) => signature(task, style)).join(", ");
      const notes = [
        ...others.length === 0 ? [] : [
          `no tasks: ${
            others.map(({ name, kind }) =>
              `${excerpt(name)} (${excerpt(kind)})`
            )
              .join(", ")
          }`,
        ],
        ...old.length === 0
          ? []
          : [`stays as it was first loaded: ${old.join(", ")}`],
      ];
      return [
        `${title}: ${names}`,
        ...notes.map((note) => `  ${paint(note, "dim", style)}`),
      ].join("\n");
    },
    json: () => ({
      type: "module",
      module: url,
      name: label,
      exports: tasks.map(({ name }) => name),
      parameters: Object.fromEntries(
        tasks.map(({ name, parameters = "" }) => [name, parameters]),
      ),
      others: others.map(({ name, kind }) => ({ name, kind })),
      again: before !== undefined,
      old,
    }),
  };
}

function signature({ name, parameters }: ModuleExport, style: Style): string {
  return `${paint(excerpt(name), "bold", style)}(${excerpt(parameters ?? "")})`;
}

/** What Deno loads only once: what is no local file, and CommonJS. */
function unchanging({ url, files }: Loaded): string[] {
  const all = files.size === 0 ? [url] : [...files.keys()];
  return all.filter((file) => !/^file:.*(?<!\.c[jt]s)$/.test(file))
    .map((file) => excerpt(file.replace(/^file:.*\//, "")));
}

const MAX_WHY_LENGTH = 5000;

/** A new version can't be loaded. */
export function staysReply(label: string, why: string): Reply {
  const what = `${label} has changed, but its old version stays`;
  return {
    text: (style) => {
      const kept = why.slice(0, MAX_WHY_LENGTH).toWellFormed();
      const lines = escapeText(withoutColor(kept)).replaceAll("\n", "\n  ");
      return `${paint(excerpt(what), "red", style)}: ${lines}`;
    },
    json: () => ({ type: "notice", message: `${what}: ${why}` }),
    kind: "aside",
  };
}

/** What Deno says of a module that it can't load, it throws as a TypeError. */
export function whyNotLoaded(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack = "" } = error;
  const title = /^(Type)?Error$/.test(name) ? message : `${name}: ${message}`;
  const frames = stack.split("\n")
    .filter((line) => /^\s+at /.test(line) && !title.includes(line.trim()));
  return [title, ...frames].join("\n");
}
