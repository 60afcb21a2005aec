import { openLoop } from "../helpers.ts";
import { cancel } from "./contract/cancel.ts";
import { children } from "./contract/children.ts";
import { errors } from "./contract/errors.ts";
import type { EngineName, Suite } from "./contract/suite.ts";
import { modules } from "./contract/modules.ts";
import { terminal } from "./contract/terminal.ts";
import { values } from "./contract/values.ts";
import { watching } from "./contract/watching.ts";

const ENGINES: readonly EngineName[] = ["worker", "process"];
const SUITES: readonly Suite[] = [
  values,
  errors,
  cancel,
  watching,
  terminal,
  children,
  modules,
];

for (const isolation of ENGINES) {
  for (const { name, ownLoop, cases } of SUITES) {
    Deno.test(`the ${isolation} engine keeps the contract on ${name}`, async (t) => {
      await using shared = ownLoop === undefined
        ? openLoop({ isolation })
        : undefined;
      for (const [sentence, check] of Object.entries(cases)) {
        await t.step(sentence, async () => {
          if (shared !== undefined) return await check(shared);
          await using own = openLoop({ ...ownLoop, isolation });
          await check(own);
        });
      }
    });
  }
}
