/** All that is measured, in the order of the report. */
import type { Item } from "../item.ts";
import * as batch from "./batch.ts";
import * as burst from "./burst.ts";
import * as control from "./control.ts";
import * as latency from "./latency.ts";
import * as output from "./output.ts";
import { payloads } from "./payload.ts";
import { paste } from "./paste.ts";
import { pollList } from "./poll_list.ts";
import * as prompt from "./prompt.ts";
import { sleepers } from "./sleepers.ts";
import * as start from "./start.ts";
import { watch } from "./watch.ts";

export const ITEMS: readonly Item[] = [
  start.cold,
  start.program,
  prompt.firstReply,
  prompt.firstResult,
  paste,
  pollList,
  latency.pinned,
  latency.free,
  burst.burst,
  burst.asCompleted,
  burst.collected,
  burst.submit,
  burst.queued,
  batch.mapped,
  batch.pages,
  batch.resumed,
  ...sleepers,
  watch,
  control.cancel,
  control.poll,
  control.pollBlocked,
  ...payloads,
  output.lines,
  output.steps,
  ...burst.growth,
];
