/** What keys do in the view of `watch`: state and key → state, and a request. */
import type { Survey, Watched } from "./survey.ts";

/** A row that can be chosen: a task, or a group above its members. */
export type Item =
  | { readonly kind: "task"; readonly task: Watched; readonly member: boolean }
  | { readonly kind: "group"; readonly name: string };

/** What the user asks for with a key. */
export type Request =
  | { readonly kind: "leave" }
  | { readonly kind: "filter"; readonly text: string }
  | { readonly kind: TaskRequest; readonly item: Item | undefined };

/** What can be asked for the tasks of a row. */
export type TaskRequest = "cancel" | "kill" | "more" | "less" | "pause";

/** What is shown of one task in place of the rows. */
export interface Page {
  readonly kind: "logs" | "result";
  readonly task: Watched;
  /** The first line; Infinity stays at the end. */
  readonly top: number;
}

export interface WatchState {
  /** The chosen task or group; once it has gone, what took its place. */
  readonly chosen: {
    readonly what: Watched | string | undefined;
    readonly at: number;
  };
  readonly folded: ReadonlySet<string>;
  /** The filter while it is being typed. */
  readonly typed: string | undefined;
  /** The request that the same key will make, pressed once more. */
  readonly armed: TaskRequest | undefined;
  readonly page: Page | undefined;
}

export const START: WatchState = {
  chosen: { what: undefined, at: 0 },
  folded: new Set(),
  typed: undefined,
  armed: undefined,
  page: undefined,
};

/** The rows that can be chosen: of tasks that have not ended, and of the ends. */
export interface Items {
  readonly active: readonly Item[];
  readonly ended: readonly Item[];
}

export function itemsOf(
  { active, ended, groups }: Survey,
  folded: ReadonlySet<string>,
): Items {
  const items: Item[] = [];
  const shown = new Set<string>();
  for (const task of active) {
    const { group } = task;
    const { size, active: members } = groups.get(group!) ?? { size: 0 };
    if (size < 2) items.push({ kind: "task", task, member: false });
    else if (!shown.has(group!)) {
      shown.add(group!);
      items.push({ kind: "group", name: group! });
      if (folded.has(group!)) continue;
      for (const task of members!) {
        items.push({ kind: "task", task, member: true });
      }
    }
  }
  return {
    active: items,
    ended: ended.map((task) => ({ kind: "task", task, member: false })),
  };
}

/** Where the chosen row is; 0 where there is none. */
export function chosenAt(
  { chosen: { what, at: before } }: WatchState,
  items: Items,
): number {
  const { active, ended } = items;
  const is = (item: Item | undefined): boolean =>
    item !== undefined && whatOf(item) === what;
  if (is(itemAt(items, before))) return before;
  const at = what === undefined ? -1 : active.findIndex(is);
  if (at >= 0) return at;
  const ends = what === undefined ? -1 : ended.findIndex(is);
  if (ends >= 0) return active.length + ends;
  return Math.max(0, Math.min(before, active.length + ended.length - 1));
}

export function itemAt({ active, ended }: Items, at: number): Item | undefined {
  return active[at] ?? ended[at - active.length];
}

function whatOf(item: Item): Watched | string {
  return item.kind === "group" ? item.name : item.task;
}

/** What a key led to. */
export type Pressed = readonly [state: WatchState, request?: Request];

/** `lastTop` is the first line of the open page when its end is in view. */
export function press(
  state: WatchState,
  key: string,
  items: Items,
  lastTop: number,
): Pressed {
  if (key === "ctrl-c") return [state, { kind: "leave" }];
  if (state.typed !== undefined) return pressTyping(state, key, state.typed);
  if (state.page !== undefined) {
    return [pressPage(state, key, state.page, lastTop)];
  }
  return pressRows(state, key, items);
}

function pressTyping(state: WatchState, key: string, typed: string): Pressed {
  const type = (typed: string | undefined): WatchState => ({ ...state, typed });
  switch (key) {
    case "enter":
      return [type(undefined), { kind: "filter", text: typed.trim() }];
    case "escape":
      return [type(undefined)];
    case "backspace":
      return [type(typed === "" ? undefined : typed.slice(0, -1))];
    case "ctrl-u":
      return [type("")];
    case "space":
      return [type(`${typed} `)];
    default:
      return [[...key].length === 1 ? type(typed + key) : state];
  }
}

const STEPS: { readonly [key: string]: number } = {
  up: -1,
  down: 1,
  pageup: -10,
  pagedown: 10,
  home: -Infinity,
  end: Infinity,
};

function pressPage(
  state: WatchState,
  key: string,
  page: Page,
  lastTop: number,
): WatchState {
  const step = STEPS[key];
  if (step === undefined) {
    return ["q", "escape", "enter", "left", "l"].includes(key)
      ? { ...state, page: undefined }
      : state;
  }
  const top = Math.max(0, Math.min(page.top, lastTop) + step);
  return {
    ...state,
    page: { ...page, top: top >= lastTop && step > 0 ? Infinity : top },
  };
}

/** Keys that ask for something about the chosen row. */
const ITEM_KEYS: { readonly [key: string]: TaskRequest } = {
  c: "cancel",
  k: "kill",
  "+": "more",
  "=": "more",
  "-": "less",
};

function pressRows(before: WatchState, key: string, items: Items): Pressed {
  const at = chosenAt(before, items);
  const item = itemAt(items, at);
  const state: WatchState = {
    ...before,
    chosen: { what: item && whatOf(item), at },
    armed: undefined,
  };
  const step = STEPS[key];
  if (step !== undefined) {
    const last = items.active.length + items.ended.length - 1;
    const next = Math.max(0, Math.min(at + step, last));
    const chosen = itemAt(items, next);
    if (chosen === undefined) return [state];
    return [{ ...state, chosen: { what: whatOf(chosen), at: next } }];
  }
  if (key === "q") return [state, { kind: "leave" }];
  if (key === "/") return [{ ...state, typed: "" }];
  if (key === "p") return [state, { kind: "pause", item }];
  if (item === undefined) return [state];
  const kind = ITEM_KEYS[key];
  if (kind !== undefined) {
    // A key is pressed too easily for what takes other tasks along.
    const asks = kind === "kill" ||
      (kind === "cancel" && item.kind === "group");
    return asks && before.armed !== kind
      ? [{ ...state, armed: kind }]
      : [state, { kind, item }];
  }
  const group = item.kind === "group" ? item.name : item.task.group;
  const folds = ["space", "left", "right"].includes(key) ||
    (key === "enter" && item.kind === "group");
  if (folds && group !== undefined) {
    const chosen = { what: group, at };
    return [{ ...state, chosen, folded: toggled(state.folded, group) }];
  }
  if (item.kind === "task" && (key === "l" || key === "enter")) {
    const page: Page = key === "l"
      ? { kind: "logs", task: item.task, top: Infinity }
      : { kind: "result", task: item.task, top: 0 };
    return [{ ...state, page }];
  }
  return [state];
}

function toggled(set: ReadonlySet<string>, name: string): Set<string> {
  const toggled = new Set(set);
  if (!toggled.delete(name)) toggled.add(name);
  return toggled;
}
