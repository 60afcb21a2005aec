/** `!`: runs a shell command on the terminal. */
import type { Kind } from "../language/spec.ts";
import type { Word } from "../language/lexer.ts";
import { notice } from "../render/reply.ts";
import { command } from "./command.ts";

const SHELL_COMMAND: Kind<Word> = {
  label: "COMMAND",
  parse: (word) => word,
  candidates: ({ paths }, typed) => paths(typed),
};

const [SHELL, FLAG] = Deno.build.os === "windows"
  ? ["cmd", "/c"]
  : ["sh", "-c"];

export default command({
  name: "!",
  summary: "run a shell command, which has the terminal until it ends",
  args: { command: { kind: SHELL_COMMAND, rest: true } },
  options: {},
  details: "It needs --allow-run. An exit code other than 0 is shown.",
  examples: ["!ls", "!git status | head"],
  async *run({ args }, { screen, signal }) {
    const run = async (): Promise<Deno.CommandStatus> =>
      await new Deno.Command(SHELL, {
        args: [FLAG, args.command.text],
        stdin: screen === undefined ? "null" : "inherit",
        stdout: "inherit",
        stderr: "inherit",
        signal,
      }).spawn().status;
    const { code } = await (screen?.lend(run) ?? run());
    if (code !== 0) yield notice(`exit ${code}`);
  },
});
