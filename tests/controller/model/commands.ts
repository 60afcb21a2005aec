/** Random sequences of commands for a controller and its model. */
import fc from "fast-check";
import type { End } from "./stage.ts";

export type Command =
  | {
    readonly do: "submit";
    readonly follows: boolean;
    readonly priority: number;
    /** Whether its arguments need to be cloned. */
    readonly boxed: boolean;
  }
  | {
    readonly do: "cancel";
    readonly task: number;
    readonly patient: boolean;
    readonly bySignal: boolean;
  }
  | { readonly do: "tell"; readonly task: number; readonly end: TellableEnd }
  | { readonly do: "progress"; readonly task: number; readonly done: number }
  | {
    readonly do: "limit";
    readonly task: number;
    readonly limit: "timeout" | "deadline";
    readonly when: "past" | "far" | "never";
  }
  | { readonly do: "collect"; readonly tasks: readonly number[] | "all" }
  | { readonly do: "concurrency"; readonly value: number }
  | { readonly do: "close"; readonly cancel: boolean }
  | { readonly do: "kill" }
  /** Lets the event loop turn; only where commands do not wait by themselves. */
  | { readonly do: "turn" };

export type TellableEnd = Exclude<End, "goes on">;

/** Tasks are counted from the first of the run, modulo how many there are. */
const task = fc.nat(11);

const submit = fc.record({
  do: fc.constant("submit" as const),
  follows: fc.boolean(),
  priority: fc.constantFrom(0, 0, 0, 1, 2),
  boxed: fc.boolean(),
});

const cancel = fc.record({
  do: fc.constant("cancel" as const),
  task,
  patient: fc.boolean(),
  bySignal: fc.boolean(),
});

const tell = fc.record({
  do: fc.constant("tell" as const),
  task,
  end: fc.constantFrom<TellableEnd[]>("returns", "returns", "throws"),
});

const progress = fc.record({
  do: fc.constant("progress" as const),
  task,
  done: fc.integer({ min: 1, max: 100 }),
});

const limit = fc.record({
  do: fc.constant("limit" as const),
  task,
  limit: fc.constantFrom("timeout" as const, "deadline" as const),
  when: fc.constantFrom("past" as const, "far" as const, "never" as const),
});

const collect = fc.record({
  do: fc.constant("collect" as const),
  tasks: fc.oneof(
    fc.constant("all" as const),
    fc.array(task, { maxLength: 4 }),
  ),
});

const concurrency = fc.record({
  do: fc.constant("concurrency" as const),
  value: fc.constantFrom(1, 2, 3, Infinity),
});

const close = fc.record({
  do: fc.constant("close" as const),
  cancel: fc.boolean(),
});

const kill = fc.constant<Command>({ do: "kill" });
const turn = fc.constant<Command>({ do: "turn" });

const common: fc.WeightedArbitrary<Command>[] = [
  { arbitrary: submit, weight: 40 },
  { arbitrary: cancel, weight: 25 },
  { arbitrary: tell, weight: 30 },
  { arbitrary: progress, weight: 10 },
  { arbitrary: limit, weight: 20 },
  { arbitrary: collect, weight: 12 },
  { arbitrary: concurrency, weight: 12 },
];

/** A few tasks, then anything. */
function sequence(
  ...weighted: fc.WeightedArbitrary<Command>[]
): fc.Arbitrary<Command[]> {
  const first = fc.array(submit, { minLength: 1, maxLength: 5 });
  const rest = fc.array(fc.oneof(...weighted), {
    maxLength: 20,
    size: "max",
  });
  return fc.tuple(first, rest).map((parts) => parts.flat());
}

/** After each of these a controller comes to rest. */
export const inStep: fc.Arbitrary<Command[]> = sequence(
  ...common,
  { arbitrary: close, weight: 1 },
);

/** These come as fast as they can, some of them in one turn. */
export const racing: fc.Arbitrary<Command[]> = sequence(
  ...common,
  { arbitrary: turn, weight: 40 },
  { arbitrary: close, weight: 1 },
  { arbitrary: kill, weight: 1 },
);
