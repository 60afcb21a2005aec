/**
 * Describes what a module exports.
 *
 * @module
 */
import { kindOf } from "../clone.ts";
import { filesOf, loadModule } from "../task_api/load_module.ts";
import type { ModuleDescription, ModuleExport } from "../protocol/messages.ts";

/** Loads a module and describes what it exports. */
export async function describeModule(url: string): Promise<ModuleDescription> {
  const exports = Object.entries(await loadModule(url)).map(describeExport);
  return { exports, files: filesOf(url) };
}

const MAX_PARAMETERS = 80;

function describeExport([name, value]: [string, unknown]): ModuleExport {
  if (typeof value !== "function") return { name, kind: "value" };
  const source = Function.prototype.toString.call(value);
  if (/^class\b/.test(source)) return { name, kind: "class" };
  switch (kindOf(value)) {
    case "GeneratorFunction":
      return { name, kind: "generator" };
    case "AsyncGeneratorFunction":
      return { name, kind: "async generator" };
  }
  const parameters = parametersOf(source);
  const shown = parameters.length > MAX_PARAMETERS
    ? `${parameters.slice(0, MAX_PARAMETERS - 1).toWellFormed()}…`
    : parameters;
  return { name, kind: "function", parameters: shown };
}

/** A comment, a text, white space, or one other character. */
const TOKEN = /\/\*[^]*?\*\/|\/\/.*|(["'`])(?:\\[^]|(?!\1)[^])*\1|\s+|[^]/g;

/** What stands between the parentheses of a function, without comments. */
function parametersOf(source: string): string {
  const arrow = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u
    .exec(source);
  if (arrow !== null) return arrow[1]!;
  let parameters = "";
  let depth = 0;
  for (const [token] of source.matchAll(TOKEN)) {
    if (/^[)\]}]$/.test(token) && --depth === 0) break;
    const isSpace = /^(\/[/*]|\s)/.test(token);
    if (depth > 0 && !isSpace) parameters += token;
    else if (depth > 0 && !parameters.endsWith(" ")) parameters += " ";
    if (/^[([{]$/.test(token)) depth++;
  }
  return parameters.replace(/[, ]+$/, "").trimStart();
}
