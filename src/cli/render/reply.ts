/**
 * What commands answer with: data, which `render_text.ts` and `render_json.ts`
 * render.
 *
 * @module
 */
import type { LogEntry, Outcome, TaskId, TaskSnapshot } from "../../task.ts";
import type { Span } from "../language/line_error.ts";
import type { CommandSpec } from "../language/spec.ts";

/** An answer of a command, or a word from the shell itself. */
export type Reply =
  | Submitted
  | GroupStarted
  | Tasks
  | TaskStood
  | CancelAnswered
  | KillAnswered
  | SiblingsTold
  | LoopBlocked
  | ThreadsLeft
  | OutcomeTold
  | ResultTold
  | Logged
  | ModuleUsed
  | Concurrency
  | Help
  | QuitAsked
  | Notice
  | Fault;

/** A task has its id. */
export interface Submitted {
  readonly type: "submitted";
  readonly task: TaskSnapshot;
}

/** A group has its members, and each of them its id. */
export interface GroupStarted {
  readonly type: "group";
  readonly name: string;
  readonly members: readonly TaskSnapshot[];
}

/** How tasks stand, as a table. */
export interface Tasks {
  readonly type: "tasks";
  readonly rows: readonly Row[];
}

/** A row of the table: a task, or a group above its members. */
export type Row = TaskRow | GroupRow;

/** A task in the table, under its parent or group by so many levels. */
export interface TaskRow extends TaskStanding {
  readonly kind: "task";
  readonly depth: number;
}

/** A group in the table. */
export interface GroupRow {
  readonly kind: "group";
  readonly depth: 0;
  readonly name: string;
  /** Those that are known still. */
  readonly members: readonly TaskId[];
  readonly done: number;
}

/** How one task stands; what it came to, if it has ended. */
export interface TaskStanding {
  readonly task: TaskSnapshot;
  readonly outcome?: Outcome | undefined;
}

/** How one task stands, after a command that concerned it. */
export interface TaskStood extends TaskStanding {
  readonly type: "task";
  /** Why it is told: its limits were moved, or it has ended. */
  readonly because: "limits" | "ended";
}

/** What came of asking a task to stop. */
export interface CancelAnswered {
  readonly type: "cancel";
  readonly task: TaskSnapshot;
  readonly answer: "cancelled" | "finished" | "ignored";
}

/** What came of ending a task by force. */
export interface KillAnswered {
  readonly type: "kill";
  readonly task: TaskSnapshot;
  /** `"unstoppable"`: the loop was given up, its thread goes on. */
  readonly answer: "killed" | "finished" | "unstoppable";
}

/** What became of the other tasks of a loop that was ended to kill one. */
export interface SiblingsTold {
  readonly type: "siblings";
  readonly lost: readonly TaskSnapshot[];
  /** They run again from the start. */
  readonly resubmitted: readonly TaskSnapshot[];
}

/** Something in the loop computes without yielding. */
export interface LoopBlocked {
  readonly type: "blocked";
  readonly blockedMs: number;
  /** The task that began last, which may be what blocks it. */
  readonly lastStarted: TaskSnapshot | undefined;
  /** Not an answer to a command: nobody reads one at the moment. */
  readonly aside?: true;
}

/** Threads that could not be stopped, by the tasks that they were given up for. */
export interface ThreadsLeft {
  readonly type: "threads";
  readonly tasks: readonly TaskSnapshot[];
}

/** What a task came to. */
export interface OutcomeTold {
  readonly type: "outcome";
  readonly task: TaskSnapshot;
  readonly outcome: Outcome;
}

/** The value of a task alone. */
export interface ResultTold {
  readonly type: "result";
  readonly task: TaskSnapshot;
  readonly value: unknown;
  /** A text or bytes, to be written as they are. */
  readonly raw?: boolean | undefined;
}

/** A line that a task wrote. */
export interface Logged {
  readonly type: "log";
  /** None, if it was written outside of any task. */
  readonly task: TaskSnapshot | undefined;
  readonly entry: LogEntry;
}

/** A module is loaded. */
export interface ModuleUsed {
  readonly type: "module";
  /** Its absolute URL. */
  readonly module: string;
  /** What it goes by where a task's name alone is ambiguous. */
  readonly label: string;
  readonly exports: readonly string[];
}

/** How many tasks may run at once, and how many do. */
export interface Concurrency {
  readonly type: "concurrency";
  /** Infinity if there is no bound. */
  readonly limit: number;
  readonly running: number;
  readonly queued: number;
}

/** All commands, or one. */
export interface Help {
  readonly type: "help";
  readonly command?: CommandSpec | undefined;
}

/** Someone wants to leave; these tasks would be ended. */
export interface QuitAsked {
  readonly type: "quit";
  readonly running: readonly TaskSnapshot[];
}

/** Something worth knowing that is no failure. */
export interface Notice {
  readonly type: "notice";
  readonly message: string;
  /** Not an answer to a command: it goes to stderr, where there is one. */
  readonly aside?: true;
}

/** A line was wrong, or what it asked for can't be done. */
export interface Fault {
  readonly type: "error";
  /** What kind of error it was: `SyntaxError`, `NotFoundError` … */
  readonly name: string;
  readonly message: string;
  /** The line that it came of, and where in it. */
  readonly place?: Place | undefined;
}

/** A place in what was typed or piped in. */
export interface Place {
  readonly line: string;
  /** The number of the line from 1; none at a terminal. */
  readonly number?: number | undefined;
  readonly span: Span;
}
