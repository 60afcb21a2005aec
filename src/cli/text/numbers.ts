/** Numbers as people read them. */

/** A number with its thousands apart: `52,428,800`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** A number of things: `1 task`, `1,500 tasks`. */
export function counted(n: number, thing: string): string {
  return `${count(n)} ${thing}${n === 1 ? "" : "s"}`;
}
