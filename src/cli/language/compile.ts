/** JavaScript from a line → what the loop evaluates. */
import { type AnyNode as Tree, parse, parseExpressionAt } from "acorn";
import type { Word } from "./lexer.ts";
import { LineError } from "./line.ts";

/** JavaScript that a loop can evaluate. */
export interface Compiled {
  /** A function that returns the code as an async function; see below. */
  readonly source: string;
  /** Where text was put in: the line from 1, the column from 0. */
  readonly inserted: {
    readonly line: number;
    readonly column: number;
    readonly length: number;
  };
  /** The names that the text declares at its top level. */
  readonly declared: readonly string[];
  /** All names in the text, and some more. */
  readonly names: ReadonlySet<string>;
}

/** What `import` is called in the body: as long, so that columns stay. */
const IMPORT = "$mport";

const RETURN = "return (";

const OPTIONS = {
  ecmaVersion: "latest",
  sourceType: "module",
  allowReturnOutsideFunction: true,
} as const;

/**
 * Compiles the text. Of several statements, the value is that of the last one,
 * if this is an expression.
 *
 * @throws {LineError} It is not JavaScript.
 */
export function compile({ text, start }: Word): Compiled {
  try {
    return compileText(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { message, pos = 0 } = error as { message: string; pos?: number };
    const unfinished = isUnfinished(error, text);
    const what = pos >= text.length
      ? "the input ends too early"
      : message.replace(/ \(\d+:\d+\)$/, "");
    const at = start + pos;
    const span = { start: at, end: at + 1 };
    throw new LineError(`SyntaxError: ${what}`, span, unfinished);
  }
}

/** Of TypeScript, the types become blanks, so that each place stays. */
function compileText(text: string): Compiled {
  try {
    return compileStatements(text, parseStatements(text));
  } catch (error) {
    const javascript = error instanceof SyntaxError && withoutTypes(text);
    if (!javascript) throw error;
    try {
      return compileStatements(javascript, parseStatements(javascript));
    } catch (inner) {
      throw isUnfinished(inner as Error, text) ? inner : error;
    }
  }
}

function withoutTypes(text: string): string | undefined {
  const { stripTypeScriptTypes } = globalThis.process.getBuiltinModule(
    "node:module",
  );
  try {
    const javascript = stripTypeScriptTypes(text);
    return javascript === text ? undefined : javascript;
  } catch {
    return undefined;
  }
}

function isUnfinished(error: Error, text: string): boolean {
  return (error as { pos?: number }).pos! >= text.length ||
    /^Unterminated (template|comment)/.test(error.message);
}

/** At the start, an object is an object, and no block with labels in it. */
function parseStatements(text: string): readonly Tree[] {
  let open: unknown;
  if (text.startsWith("{")) {
    try {
      const expression = parseExpressionAt(text, 0, OPTIONS);
      const rest = text.slice(expression.end);
      if (parse(rest, OPTIONS).body.length === 0) {
        const { start, end } = expression;
        return [{ type: "ExpressionStatement", start, end, expression }];
      }
    } catch (error) {
      if (isUnfinished(error as Error, text)) open = error;
    }
  }
  try {
    return parse(text, OPTIONS).body;
  } catch (error) {
    throw open ?? error;
  }
}

/** How far a `var` is seen, and which statements stand at the top. */
type Depth = "top" | "block" | "function";

function compileStatements(text: string, body: readonly Tree[]): Compiled {
  let code = text;
  const declared = new Set<string>();
  const names = new Set<string>();
  const visit = (node: Tree, depth: Depth): void => {
    if (/^(Im|Ex)port.*Declaration$/.test(node.type)) {
      const way = 'here; "await import(…)" gives what a module exports';
      throw fault(`import and export statements are not allowed ${way}`, node);
    } else if (node.type === "MetaProperty" && node.meta.name === "import") {
      throw fault("import.meta is only in a module", node);
    } else if (node.type === "ImportExpression") {
      const end = node.start + IMPORT.length;
      code = code.slice(0, node.start) + IMPORT + code.slice(end);
    } else if (node.type === "Identifier") {
      names.add(node.name);
    }
    for (const name of declaredBy(node, depth)) declared.add(name);
    const inner = /Function|^Class|StaticBlock/.test(node.type)
      ? "function"
      : depth === "function"
      ? depth
      : "block";
    for (const part of partsOf(node)) visit(part, inner);
  };
  for (const node of body) visit(node, "top");
  const last = body.at(-1);
  let inserted = { line: 1, column: Infinity, length: 0 };
  if (last?.type === "ExpressionStatement") {
    const { start } = last;
    const end = text.charAt(last.end - 1) === ";" ? last.end - 1 : last.end;
    // A newline ends a comment that the expression may end with.
    code = `${code.slice(0, start)}${RETURN}${code.slice(start, end)}\n)` +
      code.slice(end);
    const lines = text.slice(0, start).split("\n");
    const column = lines.at(-1)!.length;
    inserted = { line: lines.length, column, length: RETURN.length };
  }
  const source = functionOf(code, [...declared]);
  // What the parser lets through and V8 does not.
  new Function(source);
  return {
    source,
    inserted,
    declared: [...declared],
    names,
  };
}

/** The names that a statement declares for the statements that come later. */
function declaredBy(node: Tree, depth: Depth): readonly string[] {
  switch (node.type) {
    case "VariableDeclaration":
      return (node.kind === "var" && depth !== "function") ||
          (depth === "top" && /^(let|const)$/.test(node.kind))
        ? node.declarations.flatMap(({ id }) => boundBy(id))
        : [];
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return depth === "top" ? [node.id!.name] : [];
    default:
      return [];
  }
}

/** The names in a pattern: `a` and `b` of `{ a, c: [b = 1] }`. */
function boundBy(pattern: Tree): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "Property":
      return boundBy(pattern.value);
    case "AssignmentPattern":
      return boundBy(pattern.left);
    default:
      return partsOf(pattern).flatMap(boundBy);
  }
}

function partsOf(node: Tree): Tree[] {
  return Object.values(node).flat().filter((part): part is Tree =>
    typeof part?.type === "string"
  );
}

/**
 * The code as an async function, in a function of three: the scope in which all
 * free names are looked up, what is told how to read and write each name that
 * the code declares, and `import`.
 */
function functionOf(code: string, declared: readonly string[]): string {
  const access = declared.map((name) =>
    `${name}: [() => ${name}, function () { ${name} = arguments[0]; }]`
  );
  return `(function () { with (arguments[0]) return async () => { ` +
    `"use strict"; const ${IMPORT} = arguments[2]; arguments[1]({ ${
      access.join(", ")
    } });\n${code}\n}; })`;
}

function fault(message: string, { start }: Tree): SyntaxError {
  return Object.assign(new SyntaxError(message), { pos: start });
}
