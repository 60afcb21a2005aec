/**
 * The commands that start tasks.
 *
 * @module
 */
import type { ModuleTask, SubmitOptions } from "../../../mod.ts";
import type { Handler } from "./handler.ts";
import { compile } from "../language/compile.ts";
import { LineError } from "../language/line_error.ts";
import { parseKind } from "../language/kinds.ts";
import type { Session } from "../session/session.ts";
import type {
  Call,
  CommandSpec,
  SubmitOptionValues,
  Value,
} from "../language/spec.ts";
import { usageOf } from "../language/usage.ts";
import type { Word } from "../language/lexer.ts";

/** Starts an export of a module. */
export const submit: Handler<"submit"> = function* (
  { args, options },
  { session },
) {
  const [task, values, submitOptions] = prepare({ ...args, options }, session);
  const handle = session.loop.submit(task, values, submitOptions);
  session.watch(handle);
  yield { type: "submitted", task: handle.snapshot() };
};

/** Starts JavaScript from the line. */
export const run: Handler<"run"> = function* ({ args, options }, { session }) {
  const handle = session.loop.submit(
    compile(args.source),
    [],
    submitOptions(options),
  );
  session.watch(handle);
  yield { type: "submitted", task: handle.snapshot() };
};

/** Starts several exports of modules, or none of them if one is wrong. */
export const gather: Handler<"gather"> = function* (
  { args, options },
  { session },
) {
  const { name, onFailure, ...shared } = options;
  const group = session.loop.gather(
    args.calls.map((call) => prepare(call, session)),
    {
      ...startOptions(shared),
      name: name ?? session.nextGroupName(),
      ...onFailure === undefined ? {} : { onFailure },
    },
  );
  for (const handle of group.members) session.watch(handle);
  yield {
    type: "group",
    name: group.name,
    members: group.members.map((handle) => handle.snapshot()),
  };
};

function prepare(
  { task, args, options }: Call,
  session: Session,
): [ModuleTask, unknown[], SubmitOptions] {
  const { reference, builtin } = session.modules.find(task);
  const values = builtin === undefined
    ? args.map(({ value }) => value)
    : builtinArguments(builtin, args, task);
  return [reference, values, submitOptions(options)];
}

/** The arguments of a built-in: checked here, where their place is known. */
function builtinArguments(
  spec: CommandSpec,
  args: readonly Value[],
  task: Word,
): unknown[] {
  const surplus = args[spec.positionals.length];
  if (surplus !== undefined) {
    throw new LineError(
      `"${surplus.text}" is one argument too many for: ${usageOf(spec)}`,
      surplus,
    );
  }
  return spec.positionals.flatMap((positional, at) => {
    const arg = args[at];
    if (arg === undefined) {
      if (positional.optional) return [];
      const { end } = args.at(-1) ?? task;
      throw new LineError(
        `"${spec.name}" needs ${positional.label}, as in: ${usageOf(spec)}`,
        { start: end + 1, end: end + 2 },
      );
    }
    switch (positional.kind) {
      case "duration":
        return [parseKind("duration", arg, 0) / 1000];
      case "url":
        return [parseKind("url", arg, 0)];
      default:
        return [arg.value];
    }
  });
}

function submitOptions(
  { name, ...shared }: SubmitOptionValues,
): SubmitOptions {
  return { ...startOptions(shared), ...name === undefined ? {} : { name } };
}

function startOptions(
  values: Omit<SubmitOptionValues, "name">,
): Omit<SubmitOptions, "name" | "transfer"> {
  const { deadline, retry: attempts, backoff, resubmit, ...rest } = values;
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
