/** The name that someone may have meant. */

/**
 * The name nearest to `text`, if one is near enough to be worth a question:
 * at most a third of its letters differ, or `text` is how it begins.
 */
export function nearest(
  text: string,
  names: Iterable<string>,
): string | undefined {
  const wanted = text.toLowerCase();
  let best: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const candidate = name.toLowerCase();
    const prefix = wanted.length > 1 && candidate.startsWith(wanted);
    const most = Math.max(1, Math.floor(candidate.length / 3));
    // A word of 10 MB is near to none, which takes seconds to find letter by letter.
    if (wanted.length > candidate.length + most) continue;
    const distance = prefix ? 0.5 : editDistance(wanted, candidate);
    if (distance <= most && distance < least && wanted.length > 0) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** `; did you mean "…"?`, or nothing if no name is near. */
export function didYouMean(text: string, names: Iterable<string>): string {
  const name = nearest(text, names);
  return name === undefined ? "" : `; did you mean ${name}?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        row[j - 1]! + 1,
        last[j]! + 1,
        last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? before[j - 2]! + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
