/** Tasks to watch, without a loop. */
import type { Watched } from "../../../src/cli/watch/survey.ts";
import type { Outcome, TaskSnapshot } from "../../../src/task.ts";
import { snapshot } from "../render/samples.ts";

/** A task whose fields can be changed between two surveys. */
export interface Sample extends Watched {
  fields: Partial<TaskSnapshot>;
}

export function sample(fields: Partial<TaskSnapshot>): Sample {
  return {
    fields,
    get id() {
      return snapshot(this.fields).id;
    },
    get state() {
      return snapshot(this.fields).state;
    },
    get group() {
      return this.fields.group;
    },
    snapshot() {
      return snapshot(this.fields);
    },
    peek(): Outcome | undefined {
      return this.state === "succeeded"
        ? { state: "succeeded", value: "done" }
        : this.state === "failed"
        ? { state: "failed", error: new Error("no") }
        : undefined;
    },
  };
}
