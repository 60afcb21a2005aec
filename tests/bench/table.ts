/** Text in columns. */

/** The first column to the left, the others to the right. */
export function columns(
  rows: readonly (readonly string[])[],
  indent = "  ",
): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [n, cell] of row.entries()) {
      widths[n] = Math.max(widths[n] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    indent +
    row.map((cell, n) =>
      n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!)
    ).join("  ").trimEnd()
  ).join("\n");
}

/** A figure with three significant digits, large ones in whole numbers. */
export function figure(value: number | undefined): string {
  if (value === undefined) return "–";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

/** A ratio with two digits. */
export function ratio(value: number | undefined): string {
  if (value === undefined) return "–";
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
