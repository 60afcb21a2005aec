/**
 * How a post, which is a list of messages, crosses a port.
 *
 * Under light load a post is one task or one result. Such a post crosses as a
 * flat array, which takes a third of the time to copy. Any other post from the
 * loop crosses in a Map: `receiveMessageOnPort` searches every object and array
 * that it receives for ports, element by element, but not a Map.
 *
 * @module
 */
import { isPrimitive } from "../clone.ts";
import type { FromLoop, ToLoop } from "./messages.ts";
import type { TaskId } from "../task.ts";

/** One task to run, without options. */
type OneTask = readonly [id: TaskId, ref: number, ...args: unknown[]];

/** What one task returned. */
type OneResult = readonly [id: TaskId, value: unknown, at: number];

/** A post on its way to the loop. */
export type PackedToLoop = OneTask | readonly ToLoop[];

/** A post from the loop, as {@linkcode unwrap} gives it. */
export type PackedFromLoop = OneResult | readonly FromLoop[];

export function packToLoop(messages: readonly ToLoop[]): PackedToLoop {
  const first = messages[0];
  return messages.length === 1 && first?.type === "run" &&
      first.ids.length === 1 && first.options === undefined
    ? [first.ids[0]!, first.refs[0]!, ...first.args]
    : messages;
}

export function unpackToLoop(packed: PackedToLoop): readonly ToLoop[] {
  if (typeof packed[0] !== "number") return packed as readonly ToLoop[];
  const [id, ref] = packed as OneTask;
  const args = packed.slice(2);
  return [{ type: "run", ids: [id], refs: [ref], args, counts: args.length }];
}

export function packFromLoop(
  messages: readonly FromLoop[],
): OneResult | ReadonlyMap<0, readonly FromLoop[]> {
  const first = messages[0];
  return messages.length === 1 && first?.type === "succeeded" &&
      first.ids.length === 1 && isPrimitive(first.values[0])
    ? [first.ids[0]!, first.values[0], first.at]
    : wrap(messages);
}

export function unpackFromLoop(packed: PackedFromLoop): readonly FromLoop[] {
  if (typeof packed[0] === "object") return packed as readonly FromLoop[];
  const [id, value, at] = packed as OneResult;
  return [{ type: "succeeded", ids: [id], values: [value], at }];
}

/** Puts a message into the Map that keeps it from being searched. */
export function wrap<M>(message: M): ReadonlyMap<0, M> {
  return new Map([[0, message]]);
}

/** Undoes {@linkcode wrap}; returns any other message as it is. */
export function unwrap<M>(message: ReadonlyMap<0, M> | M): M {
  return message instanceof Map ? message.get(0) : message as M;
}
