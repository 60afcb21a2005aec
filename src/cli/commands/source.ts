/** `source`: runs the lines of a file as commands. */
import type { Word } from "../language/lexer.ts";
import { joinLines } from "../language/parser.ts";
import { LineError, readLines } from "../language/line.ts";
import type { Kind } from "../language/spec.ts";
import { command } from "./command.ts";

const FILE: Kind<Word> = {
  label: "FILE",
  parse: (word) => word,
  candidates: ({ paths }, typed) => paths(typed),
};

/** A file may name others; one that names itself ends here. */
const MAX_DEPTH = 10;

export default command({
  name: "source",
  summary: "run the lines of a file as commands",
  args: { file: { kind: FILE } },
  options: {},
  details:
    `An error names the file and the line; the next line runs all the same. A file
may name others, up to ${MAX_DEPTH} deep.`,
  examples: ["source ./commands.txt"],
  async *run({ args: { file } }, { signal, commands, depth, execute }) {
    if (depth >= MAX_DEPTH) {
      throw new LineError(
        `files name others more than ${MAX_DEPTH} deep`,
        file,
      );
    }
    let stream: ReadableStream<Uint8Array<ArrayBuffer>>;
    try {
      stream = (await Deno.open(file.text)).readable;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new LineError(`can't read ${file.text}: ${why}`, file);
    }
    for await (const line of joinLines(readLines(stream), commands)) {
      if (signal.aborted) return;
      for await (const reply of execute({ ...line, file: file.text })) {
        yield reply;
        if (reply.kind === "quit") return;
      }
    }
  },
});
