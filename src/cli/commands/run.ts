/** `run`: evaluates JavaScript as a task. */
import type { TaskFunction } from "../../../mod.ts";
import { compile, type Compiled } from "../language/compile.ts";
import type { Kind } from "../language/spec.ts";
import type { Evaluation } from "../session/evaluate.ts";
import type { Session } from "../session/session.ts";
import { fit } from "../text/width.ts";
import { command } from "./command.ts";
import {
  reloadChanged,
  SUBMIT_OPTIONS,
  submitOptions,
  submittedReply,
} from "./starting.ts";

const EXPRESSION: Kind<Input> = {
  label: "EXPRESSION",
  parse: (word) => ({ text: word.text, compiled: compile(word) }),
};

interface Input {
  readonly text: string;
  readonly compiled: Compiled;
}

const EVALUATE = new URL("../session/evaluate.ts", import.meta.url).href;

const MAX_NAME_COLUMNS = 60;

const AsyncFunction = (async () => {}).constructor as new (
  body: string,
) => TaskFunction<[], Promise<unknown>>;

export default command({
  name: "run",
  summary: "evaluate JavaScript in the loop, as a task",
  args: { source: { kind: EXPRESSION, rest: true } },
  options: SUBMIT_OPTIONS,
  details:
    `EXPRESSION is the rest of the line, as it is typed. It can use await, and
"task": task.signal, task.sleep(ms), task.progress(done, total). Statements
have the value of the last one. Options come before EXPRESSION.
What it declares at its top level stays for the next "run", as long as the loop
lives; "_" is the last result. The exports of modules in use are there by name.
With --isolate it runs in a process of its own, with nothing declared.`,
  examples: [
    'run (await fetch("http://127.0.0.1:8000/")).status',
    "run --timeout 2s await task.sleep(5000)",
  ],
  async *run({ args, options }, { session, signal }) {
    yield* reloadChanged(session, signal);
    const { text, compiled } = args.source;
    const task = () =>
      inlineTask(text, evaluationOf(compiled, session, options.isolate));
    const start = { task, args: [], options: submitOptions(options) };
    const { handles } = session.starts.start([start]);
    session.runs.add(handles[0]!);
    yield submittedReply(handles[0]!.snapshot());
  },
});

/** A task named after the text. */
function inlineTask(text: string, evaluation: Evaluation): TaskFunction {
  const task = new AsyncFunction(
    `return import(${JSON.stringify(EVALUATE)})` +
      `.then(({ evaluate }) => evaluate(${JSON.stringify(evaluation)}))`,
  );
  const value = fit(text.replaceAll(/\s*\n\s*/g, " "), MAX_NAME_COLUMNS);
  return Object.defineProperty(task, "name", { value });
}

function evaluationOf(
  { source, inserted, declared, names }: Compiled,
  session: Session,
  isolate: boolean | undefined,
): Evaluation {
  const modules = session.modules.ofUser();
  const before = isolate ? [] : [...session.declared];
  if (!isolate) { for (const name of declared) session.declared.add(name); }
  return {
    code: { source, inserted },
    modules: modules
      .filter(({ exports }) => exports.some(({ name }) => names.has(name)))
      .map(({ versionUrl }) => versionUrl),
    versions: Object.fromEntries(
      modules.map(({ url, versionUrl }) => [url, versionUrl]),
    ),
    declared: before,
  };
}
