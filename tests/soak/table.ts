/** A table in Markdown, printed row by row as they come. */
export class Table {
  constructor(columns: readonly string[]) {
    console.log(`\n| ${columns.join(" | ")} |`);
    console.log(`|${columns.map(() => "---:|").join("")}`);
  }

  row(...cells: readonly unknown[]): void {
    console.log(`| ${cells.map(cell).join(" | ")} |`);
  }
}

function cell(value: unknown): string {
  return typeof value === "number"
    ? Math.round(value).toLocaleString("en")
    : String(value ?? "–");
}
