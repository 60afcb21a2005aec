/** `watch`: a live view of tasks. */
import type { TaskHandle } from "../../../mod.ts";
import { type IdItem, parseIds } from "../language/ids.ts";
import { IDS } from "../language/kinds.ts";
import type { Kind } from "../language/spec.ts";
import { errorReply, harmless, notice, type Reply } from "../render/reply.ts";
import { taskTitle } from "../render/task.ts";
import { blockedLoop, blockedReply } from "../session/blocked.ts";
import { selectTasks } from "../session/selection.ts";
import type { Session } from "../session/session.ts";
import type { Style } from "../text/style.ts";
import { chunks } from "../text/width.ts";
import {
  type Item,
  type Items,
  itemsOf,
  type Page,
  press,
  type Request,
  START,
} from "../watch/state.ts";
import { type Survey, Surveyor } from "../watch/survey.ts";
import { pageLines, watchLines } from "../watch/view.ts";
import { outcomeReplies } from "./collect.ts";
import { command, type Replies, type View } from "./command.ts";
import { logReply } from "./logs.ts";
import { answer } from "./watch_requests.ts";

/** IDS, and how they were typed. */
const WATCHED: Kind<
  { readonly text: string; readonly items: readonly IdItem[] }
> = {
  ...IDS,
  parse: (word) => ({ text: word.text, items: parseIds(word) }),
};

export default command({
  name: "watch",
  summary: "a live view of tasks, with keys that act on them",
  args: { ids: { kind: WATCHED, optional: true, many: true } },
  options: {},
  details:
    `Arrows choose a task. c cancels it, k kills it, + and - give it 30 seconds
more or less, l shows its logs, Enter its result; space folds its group. p pauses
the queue, or the chosen group or queued task. / asks which tasks to show, q
leaves.`,
  examples: ["watch", "watch 1-90"],
  // deno-lint-ignore require-yield
  async *run({ args }, { session, signal, screen }) {
    if (screen === undefined) {
      throw new TypeError(
        `"watch" needs a terminal; "poll" shows the same tasks once`,
      );
    }
    const filter = args.ids.map(({ text }) => text).join(" ");
    const items = args.ids.flatMap(({ items }) => items);
    // Wrong IDS are for the prompt to say.
    selectTasks(items, session.loop);
    await session.settleStarts();
    const watch = new Watch(session, filter, items, signal);
    await screen.show(watch, signal);
  },
});

/** Looking through all tasks takes so much of the time at most. */
const MAX_SURVEY_SHARE = 0.02;

class Watch implements View {
  readonly #session: Session;
  readonly #signal: AbortSignal;
  readonly #surveyor = new Surveyor();
  #survey: Survey;
  #surveyDue = 0;
  #ids: readonly IdItem[];
  #filter: string;
  #items: Items;
  #state = START;
  #message: Reply | undefined;
  #lastTop = 0;

  constructor(
    session: Session,
    filter: string,
    ids: readonly IdItem[],
    signal: AbortSignal,
  ) {
    this.#session = session;
    this.#filter = filter;
    this.#ids = ids;
    this.#signal = signal;
    this.#survey = this.#surveyor.take(this.#chosenTasks(), performance.now());
    this.#items = itemsOf(this.#survey, this.#state.folded);
  }

  lines(style: Style, rows: number): readonly string[] {
    const { page } = this.#state;
    if (page !== undefined) return this.#pageLines(page, style, rows);
    this.#look();
    const blocked = blockedLoop(this.#session);
    const { paused } = this.#session.loop.health();
    return watchLines(
      {
        survey: this.#survey,
        items: this.#items,
        state: this.#state,
        filter: this.#filter,
        message: lineOf(this.#message, style),
        paused,
        blocked: blocked && lineOf(
          blockedReply(blocked.blockedMs, blocked.lastStarted?.snapshot()),
          style,
        ),
        statusOf: (task) => ({
          task: task.snapshot(),
          outcome: this.#session.outcomeOf(task),
        }),
      },
      style,
      rows,
    );
  }

  press(key: string): boolean {
    this.#message = undefined;
    const before = this.#state;
    const [state, request] = press(before, key, this.#items, this.#lastTop);
    this.#state = state;
    if (state.folded !== before.folded) {
      this.#items = itemsOf(this.#survey, state.folded);
    }
    if (request?.kind === "leave") return false;
    if (request !== undefined) void this.#do(request);
    return true;
  }

  /** Takes a new survey when it is due: with many tasks, that takes long. */
  #look(): void {
    const start = performance.now();
    if (start < this.#surveyDue) return;
    this.#survey = this.#surveyor.take(this.#chosenTasks(), start);
    this.#items = itemsOf(this.#survey, this.#state.folded);
    const took = performance.now() - start;
    this.#surveyDue = start + took / MAX_SURVEY_SHARE;
  }

  #chosenTasks(): readonly TaskHandle[] {
    const { loop } = this.#session;
    if (this.#ids.length === 0) return loop.list();
    const chosen = this.#ids.flatMap((id) => {
      try {
        return selectTasks([id], loop);
      } catch {
        // None of them is left.
        return [];
      }
    });
    return [...new Set(chosen)];
  }

  #pageLines(page: Page, style: Style, rows: number): readonly string[] {
    const task = page.task.snapshot();
    const plain = { ...style, color: false };
    const text = this.#pageReplies(page)
      .map((reply) => reply.text(plain) ?? "").join("\n");
    const { lines, lastTop } = pageLines(
      taskTitle(task, style.width),
      harmless(text).replaceAll("\t", "    ").split("\n")
        .flatMap((line) => chunks(line, style.width)),
      page.top,
      style,
      rows,
    );
    this.#lastTop = lastTop;
    return lines;
  }

  #pageReplies({ kind, task }: Page): readonly Reply[] {
    const handle = this.#session.loop.get(task.id);
    if (handle === undefined) return [notice("it was collected meanwhile")];
    if (kind === "result") {
      const replies = outcomeReplies(handle, this.#session);
      return replies.length > 0
        ? replies
        : [notice(`no result yet: ${handle.state}`)];
    }
    const entries = handle.logs();
    return entries.length === 0
      ? [notice("it has written nothing")]
      : entries.map((entry) => logReply(undefined, entry));
  }

  async #do(request: Exclude<Request, { kind: "leave" }>): Promise<void> {
    try {
      for await (const reply of this.#replies(request)) this.#message = reply;
    } catch (error) {
      if (!this.#signal.aborted) {
        this.#message = errorReply(error, { text: "" });
      }
    }
  }

  #replies(request: Exclude<Request, { kind: "leave" }>): Replies {
    if (request.kind === "filter") return this.#setFilter(request.text);
    const handles = request.item === undefined
      ? []
      : this.#handlesOf(request.item);
    return answer(request.kind, handles, this.#session, this.#signal);
  }

  #setFilter(text: string): Reply[] {
    const place = { quoted: false, start: 0, end: 0 };
    const ids = text.split(/\s+/).filter((word) => word !== "")
      .flatMap((word) => parseIds({ text: word, ...place }));
    selectTasks(ids, this.#session.loop);
    this.#ids = ids;
    this.#filter = text;
    this.#surveyDue = 0;
    return [];
  }

  #handlesOf(item: Item): TaskHandle[] {
    const { loop } = this.#session;
    const tasks = item.kind === "task"
      ? [item.task]
      : this.#survey.groups.get(item.name)?.active ?? [];
    return tasks.map(({ id }) => loop.get(id))
      .filter((handle) => handle !== undefined);
  }
}

/** A reply as one line of text. */
function lineOf(reply: Reply | undefined, style: Style): string {
  const text = reply?.text({ ...style, color: false }) ?? "";
  return harmless(text).replaceAll(/\s*\n\s*/g, " ");
}
