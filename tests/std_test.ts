/** The stand-ins for `@std` fit the real packages, where these can be had. */
import { assertEquals } from "@std/assert";
import { deno, ROOT } from "./helpers.ts";

const { imports }: { imports: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", ROOT)),
);
const unreachable = (await deno(["info", imports["@std/async"]!])).code !== 0;

Deno.test({
  name: "the whole tree type-checks with the real @std (needs JSR)",
  ignore: unreachable,
  async fn() {
    const { code, stderr } = await deno(["check", "--no-lock", "."]);
    assertEquals(code, 0, stderr);
  },
});
