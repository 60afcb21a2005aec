/**
 * The list of commands: a new command is a file in this folder, and a line here.
 */
import type { Commands } from "../language/spec.ts";
import type { Command } from "./command.ts";

/** In the order of the help; a second name for a file is an alias. */
const FILES: {
  readonly [name: string]: () => Promise<{ readonly default: Command }>;
} = {
  submit: () => import("./submit.ts"),
  run: () => import("./run.ts"),
  gather: () => import("./gather.ts"),
  poll: () => import("./poll.ts"),
  ps: () => import("./poll.ts"),
  cancel: () => import("./cancel.ts"),
  kill: () => import("./kill.ts"),
  timeout: () => import("./timeout.ts"),
  deadline: () => import("./deadline.ts"),
  wait: () => import("./wait.ts"),
  collect: () => import("./collect.ts"),
  result: () => import("./result.ts"),
  logs: () => import("./logs.ts"),
  concurrency: () => import("./concurrency.ts"),
  use: () => import("./use.ts"),
  help: () => import("./help.ts"),
  quit: () => import("./quit.ts"),
  exit: () => import("./quit.ts"),
};

/** Every command of the prompt; its file is loaded when it is first used. */
export const COMMANDS: Commands<Command> = {
  names: Object.keys(FILES),
  load: async (name) =>
    Object.hasOwn(FILES, name) ? (await FILES[name]!()).default : undefined,
};
