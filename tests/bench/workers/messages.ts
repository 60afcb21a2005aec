/** What the two hand-written contestants say to their workers, and back. */
import type { TaskName } from "../session.ts";

export type Request =
  | { readonly id: number; readonly task: TaskName; readonly argument: unknown }
  | { readonly id: number; readonly cancel: true }
  | { readonly id: number; readonly lines: number }
  | { readonly id: number; readonly steps: number };

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly id: number; readonly line: string }
  | { readonly id: number; readonly step: number };
