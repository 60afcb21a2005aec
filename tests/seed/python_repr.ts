/** Prints a value as Python's `print` does, as far as the programs need it. */
export function repr(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}
