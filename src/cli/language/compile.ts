/**
 * JavaScript from the line → a function, which runs in the loop.
 *
 * @module
 */
import type { TaskFunction } from "../../../mod.ts";
import { LineError } from "./line_error.ts";
import { fit } from "../text/width.ts";
import type { Word } from "./lexer.ts";

type Source = TaskFunction<[], Promise<unknown>>;

const AsyncFunction = (async () => {}).constructor as new (
  body: string,
) => Source;

const LONGEST_NAME = 60;

/**
 * The source as a function, named after it, that returns its value: of several
 * statements that of the last one, if this is an expression.
 *
 * @throws {LineError} It is no JavaScript.
 */
export function compile(source: Word): Source {
  const task = compileExpression("", source.text) ??
    compileLastExpression(source.text) ?? compileStatements(source);
  Object.defineProperty(task, "name", {
    value: fit(source.text, LONGEST_NAME),
  });
  return task;
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
 * How many characters are compiled in search of the last statement: within a
 * second. One that is not found gives no value.
 */
const MOST_COMPILED = 400_000_000;

/**
 * Whether a `;` parts statements or stands in a string, a `for` or a block is
 * for the compiler to say: only in the first case both sides are whole. The
 * right one is tried alone first, since the compiler is soon done with what is
 * no expression.
 */
function compileLastExpression(source: string): Source | undefined {
  const statements = source.replace(/(?<![\s;])[\s;]+$/, "");
  let end = statements.lastIndexOf(";");
  for (
    let compiled = 0;
    end >= 0 && compiled < MOST_COMPILED;
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
