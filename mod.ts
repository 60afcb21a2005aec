/**
 * Run async tasks in the background and control each one while it runs: poll it,
 * cancel it, move its deadline, collect its result.
 *
 * @example
 * ```ts
 * import { LoopController } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * await using loop = new LoopController();
 * const slow = loop.submit(
 *   async (n: number) => {
 *     await new Promise((resolve) => setTimeout(resolve, 10));
 *     return n;
 *   },
 *   [1],
 *   { timeout: 1000 },
 * );
 * slow.setTimeout(30_000);
 * assertEquals(await slow, 1);
 * ```
 *
 * @module
 */
export type {
  AsCompletedOptions,
  CompletedTask,
} from "./src/controller/as_completed.ts";
export { type BatchProgress, TaskBatch } from "./src/controller/batch.ts";
export { BatchResult } from "./src/controller/batch_result.ts";
export type { BatchUntil, MapOptions } from "./src/controller/batch/options.ts";
export type { CloseOptions } from "./src/controller/closing.ts";
export { LoopController } from "./src/controller/controller.ts";
export type { TaskStarter } from "./src/controller/starter.ts";
export { type KillResult, TaskHandle } from "./src/controller/handle.ts";
export {
  type AwaitedAll,
  type GatherEntries,
  type GatherEntry,
  type GatherOptions,
  type Members,
  type Results,
  TaskGroup,
} from "./src/controller/group.ts";
export type { WaitResult } from "./src/controller/handles.ts";
export type { TaskFuture } from "./src/controller/future.ts";
export type { LoopHealth } from "./src/controller/loop_health.ts";
export type {
  LoopOptions,
  PermissionKind,
  TaskPermissions,
} from "./src/controller/options.ts";
export type { SubmitOptions } from "./src/controller/scheduling/submission.ts";
export type { CancelOptions } from "./src/controller/scheduling/stopping.ts";
export {
  CancelledError,
  InvalidStateError,
  type Limit,
  LoopLostError,
  RemoteError,
  TimeoutError,
} from "./src/errors.ts";
export type {
  ModuleDescription,
  ModuleExport,
  RetryOptions,
} from "./src/protocol/messages.ts";
export {
  type AnyTaskReference,
  type ModuleTask,
  moduleTask,
  type TaskFunction,
  type TaskModule,
  taskModule,
  type TaskReference,
  withVersion,
} from "./src/protocol/reference.ts";
export type {
  Cancelled,
  CancelResult,
  Failed,
  LogEntry,
  Outcome,
  Progress,
  Succeeded,
  TaskId,
  TaskSnapshot,
  TaskState,
} from "./src/task.ts";
export type { AsyncWaitOptions, WaitOptions } from "./src/wait.ts";
