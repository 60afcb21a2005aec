/** `run`: evaluates JavaScript as a task. */
import { compile } from "../language/compile.ts";
import type { Kind } from "../language/spec.ts";
import type { Word } from "../language/lexer.ts";
import { command } from "./command.ts";
import { SUBMIT_OPTIONS, submitOptions, submittedReply } from "./starting.ts";

const EXPRESSION: Kind<Word> = { label: "EXPRESSION", parse: (word) => word };

export default command({
  name: "run",
  summary: "evaluate JavaScript in the loop, as a task",
  args: { source: { kind: EXPRESSION, rest: true } },
  options: SUBMIT_OPTIONS,
  details:
    `EXPRESSION is the rest of the line, as it is typed. It can use await, and
"task": task.signal, task.sleep(ms), task.progress(done, total). Statements
have the value of the last one. Options come before EXPRESSION.`,
  examples: [
    'run (await fetch("http://127.0.0.1:8000/")).status',
    "run --timeout 2s await task.sleep(5000)",
  ],
  *run({ args, options }, { session }) {
    const task = compile(args.source);
    const handle = session.loop.submit(task, [], submitOptions(options));
    session.watch(handle);
    yield submittedReply(handle.snapshot());
  },
});
