/** JavaScript from the line → a function, which runs in the loop. */
import type { TaskFunction } from "../../../mod.ts";
import { LineError } from "./line.ts";
import { fit } from "../text/width.ts";
import type { Word } from "./lexer.ts";

type Source = TaskFunction<[], Promise<unknown>>;

const AsyncFunction = (async () => {}).constructor as new (
  body: string,
) => Source;

const MAX_NAME_COLUMNS = 60;

/**
 * The source as a function, named after it, that returns its value: of several
 * statements that of the last one, if this is an expression.
 *
 * @throws {LineError} If it is not JavaScript.
 */
export function compile(source: Word): Source {
  const task = compileExpression("", source.text) ??
    compileLastExpression(source.text) ?? compileStatements(source);
  const value = fit(source.text, MAX_NAME_COLUMNS);
  return Object.defineProperty(task, "name", { value });
}

function compileExpression(
  before: string,
  expression: string,
): Source | undefined {
  try {
    // A newline ends a comment that either may end with.
    return new AsyncFunction(`${before}\n;return (${expression}\n)`);
  } catch {
    return undefined;
  }
}

/**
 * The search for the last statement stops here, after about a second. One that
 * was not found gives no value.
 */
const MAX_COMPILED_CHARACTERS = 400_000_000;

/**
 * Whether a `;` separates statements, or is part of a string, a `for` or a
 * block, only the compiler knows: both sides compile only in the first case. The
 * right side is tried alone first, since the compiler rejects it quickly.
 */
function compileLastExpression(source: string): Source | undefined {
  const statements = source.replace(/(?<![\s;])[\s;]+$/, "");
  let end = statements.lastIndexOf(";");
  for (
    let compiled = 0;
    end >= 0 && compiled < MAX_COMPILED_CHARACTERS;
    end = end > 0 ? statements.lastIndexOf(";", end - 1) : -1
  ) {
    const last = statements.slice(end + 1);
    compiled += last.length;
    if (compileExpression("", last) === undefined) continue;
    compiled += statements.length;
    const task = compileExpression(statements.slice(0, end), last);
    if (task !== undefined) return task;
  }
  return undefined;
}

function compileStatements(source: Word): Source {
  try {
    return new AsyncFunction(source.text);
  } catch (error) {
    // The brace is the one that closes the function around the source.
    const early = String(error).includes("token '}'") &&
      !source.text.includes("}");
    throw new LineError(
      early ? "SyntaxError: Unexpected end of the expression" : String(error),
      source,
    );
  }
}
