/** The kinds of argument that only batches take. */
import type { BatchUntil } from "../../../mod.ts";
import { fail } from "../language/kinds.ts";
import type { Kind } from "../language/spec.ts";
import type { Resume } from "./earlier.ts";

export const FILE: Kind<string> = {
  label: "FILE",
  parse: ({ text }) => text,
  candidates: ({ paths }, typed) => paths(typed),
};

/** Starts in a second. */
export const RATE: Kind<number> = {
  label: "N",
  parse: (word) =>
    Number(word.text) > 0
      ? Number(word.text)
      : fail(word, "is not a number of starts in a second"),
};

export const HALT: Kind<BatchUntil> = {
  label: "WHEN",
  parse: (word) => {
    if (word.text === "first-failure") return word.text;
    const [, digits, percent] = /^([1-9]\d{0,8})(%?)$/.exec(word.text) ?? [];
    const n = Number(digits ?? NaN);
    if (percent === "%" && n <= 100) return { failedShare: n / 100 };
    if (percent === "") return { failures: n };
    return fail(
      word,
      "is neither first-failure, nor a number such as 10 or 5%",
    );
  },
  candidates: () => ["first-failure"],
};

/** What stands behind the `=`, if anything. */
export const RESUME: Kind<Resume> = {
  label: "new",
  parse: (word) => {
    if (word.text === "") return "failed";
    return word.text === "new" ? "new" : fail(word, "is not new");
  },
};
