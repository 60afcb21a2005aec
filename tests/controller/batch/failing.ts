/** Tasks that fail for some inputs. */
export function failIfOdd(n: number): number {
  if (n % 2 === 1) throw new Error(`${n} is odd`);
  return n;
}
