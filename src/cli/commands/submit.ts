/** `submit`: starts a task. */
import { command } from "./command.ts";
import {
  reloadChanged,
  submission,
  SUBMIT,
  submittedReply,
} from "./starting.ts";

export default command({
  ...SUBMIT,
  summary: "start a task; shows its id at once",
  details:
    `TASK is a built-in task, or an exported function of a module that "use" loaded.
If several modules export it, write MODULE.TASK.
An argument is JSON if it parses as JSON, else text. Quotes are the shell's:
'…' and "…" are taken off first, so the text 42 is '"42"'. An argument that
begins with { or [ needs no quotes: it ends at the bracket that closes it.
After "--" nothing is an option.`,
  examples: [
    "submit sleep 3 hello --name nap",
    'submit crawl {"url": "http://127.0.0.1:8000/", "depth": 2} --timeout 30s',
  ],
  async *run(parsed, { session, signal }) {
    yield* reloadChanged(session, signal);
    const { handles } = session.starts.start([submission(parsed, session)]);
    yield submittedReply(handles[0]!.snapshot());
  },
});
