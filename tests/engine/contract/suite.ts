import type { LoopController, LoopOptions } from "../../../mod.ts";

/** What an engine is called in `isolation`. */
export type EngineName = NonNullable<LoopOptions["isolation"]>;

/** A part of what every engine has to keep, as sentences to be checked. */
export interface Suite {
  readonly name: string;
  /** Each on a loop of its own. */
  readonly ownLoop?: LoopOptions;
  readonly cases: Readonly<Record<string, Check>>;
}

export type Check = (loop: LoopController) => Promise<void>;
