/** What the commands that start tasks have in common. */
import type { ModuleTask, SubmitOptions } from "../../../mod.ts";
import type { TaskSnapshot } from "../../task.ts";
import {
  COUNT,
  DURATION,
  FLAG,
  INTEGER,
  NAME,
  TASK,
  TIME,
  VALUE,
  type Value,
} from "../language/kinds.ts";
import type { Word } from "../language/lexer.ts";
import {
  missingFrom,
  type Options,
  type Parsed,
  type Spec,
  surplusFor,
} from "../language/spec.ts";
import type { JsonObject, Reply } from "../render/reply.ts";
import { taskFields, taskTitle } from "../render/task.ts";
import { builtinNamed } from "../session/builtins.ts";
import type { Session } from "../session/session.ts";
import type { Start } from "../session/starts.ts";

export const START_OPTIONS = {
  timeout: { kind: DURATION, help: "stop it after this much running time" },
  deadline: {
    kind: TIME,
    help: "stop it at this time, even if it has not started",
  },
  stallTimeout: {
    kind: DURATION,
    help: "stop it when it has reported no progress for this long",
  },
  priority: {
    kind: INTEGER,
    help: "the larger, the sooner it leaves the queue; 0 by default",
  },
  retry: { kind: COUNT, help: "make up to N attempts before it has failed" },
  backoff: {
    kind: DURATION,
    help: "the pause before the second attempt; it doubles after each",
  },
  grace: {
    kind: DURATION,
    help: "how long it may clean up once it is asked to stop",
  },
  isolate: {
    kind: FLAG,
    help: "in a process of its own, so that killing it harms no other task",
  },
  resubmit: {
    kind: FLAG,
    help: "run it again from the start if another task brings its loop down",
  },
} as const satisfies Options;

export const SUBMIT_OPTIONS = {
  name: { kind: NAME, help: "a name for it, to use as its ID" },
  ...START_OPTIONS,
} as const satisfies Options;

/** What `submit` takes, and so does each call of `gather`. */
export const SUBMIT = {
  name: "submit",
  args: {
    task: { kind: TASK, adds: builtinNamed },
    args: { kind: VALUE, label: "ARGS", optional: true, many: true },
  },
  options: SUBMIT_OPTIONS,
} as const satisfies Spec;

/** Loads the modules again that have changed since they were loaded. */
export async function* reloadChanged(
  session: Session,
  signal: AbortSignal,
): AsyncGenerator<Reply, void, void> {
  const changed = session.modules.changed();
  if (changed.length === 0) return;
  const { reload } = await import("../session/reload.ts");
  for (const module of changed) yield await reload(module, session, signal);
}

export function submission(
  { args: { task, args }, options, added }: Parsed<typeof SUBMIT>,
  session: Session,
): Start {
  const { reference, builtin } = session.modules.find(task);
  const values = builtin === undefined
    ? args.map(({ value }) => value)
    : builtinArguments(builtin, args, task);
  if (Object.keys(added).length > 0) values.push(added);
  return {
    // The name may have become ambiguous since.
    task: () => latest(task, session) ?? reference,
    args: values,
    options: submitOptions(options),
  };
}

/** What the name of a task stands for now. */
function latest(task: Word, { modules }: Session): ModuleTask | undefined {
  try {
    return modules.find(task).reference;
  } catch {
    return undefined;
  }
}

export function submitOptions(
  options: Parsed<typeof SUBMIT>["options"],
): Omit<SubmitOptions, "transfer"> {
  const { deadline, retry: attempts, backoff, resubmit, ...rest } = options;
  if (backoff !== undefined && attempts === undefined) {
    throw new TypeError("--backoff needs --retry");
  }
  return {
    ...rest,
    ...resubmit ? { onLoopLost: "resubmit" } : {},
    ...deadline === undefined || deadline === null ? {} : { deadline },
    ...attempts === undefined ? {} : {
      retry: backoff === undefined ? { attempts } : { attempts, backoff },
    },
  };
}

/** The id of a task that a command has started. */
export function submittedReply(task: TaskSnapshot): Reply {
  return {
    text: ({ width }) => taskTitle(task, width),
    json: () => submittedFields(task),
  };
}

export function submittedFields(task: TaskSnapshot): JsonObject {
  return { type: "submitted", ...taskFields(task) };
}

/** The arguments of a built-in: checked here, where their places are known. */
export function builtinArguments(
  spec: Spec,
  values: readonly Value[],
  task: Word,
): unknown[] {
  const args = Object.values(spec.args);
  const last = args.at(-1)!;
  const surplus = last.many ? undefined : values[args.length];
  if (surplus !== undefined) throw surplusFor(spec, surplus);
  const missing = args.slice(values.length).find(({ optional }) => !optional);
  if (missing !== undefined) {
    const start = (values.at(-1) ?? task).end + 1;
    throw missingFrom(spec, missing, { start, end: start + 1 });
  }
  return values.map((value, at) =>
    (args[at] ?? last).kind.parse(value, Date.now())
  );
}
