import { taskModule } from "../mod.ts";

/** The tasks of `task_functions.ts`, to be submitted. */
export const tasks = taskModule<typeof import("./task_functions.ts")>(
  import.meta.resolve("./task_functions.ts"),
);
