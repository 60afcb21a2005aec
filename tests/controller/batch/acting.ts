/** Tasks that count how many of them run at once. */

let running = 0;
const perTurns = new Map<number, number>();
let most = { all: 0, perTurns: 0 };

/** Yields so many times, then fails or returns the number. */
export async function act(
  [turns, fails]: readonly [turns: number, fails: boolean],
): Promise<number> {
  count(turns, 1);
  try {
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (fails) throw new Error("as planned");
    return turns;
  } finally {
    count(turns, -1);
  }
}

function count(turns: number, by: 1 | -1): void {
  running += by;
  const same = (perTurns.get(turns) ?? 0) + by;
  perTurns.set(turns, same);
  most.all = Math.max(most.all, running);
  most.perTurns = Math.max(most.perTurns, same);
}

/** The most that have run at once since the last call. */
export function mostAtOnce(): { all: number; perTurns: number } {
  const counted = most;
  most = { all: 0, perTurns: 0 };
  return counted;
}
