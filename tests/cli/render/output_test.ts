import { assertEquals } from "@std/assert";
import { Output } from "../../../src/cli/render/reply.ts";

/** Takes some bytes at a time, and fails as it is told to. */
class Pipe {
  written = "";
  readonly #room: number;
  readonly #failures: Error[];

  constructor(room: number, failures: Error[] = []) {
    this.#room = room;
    this.#failures = failures;
  }

  writeSync(bytes: Uint8Array): number {
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    const some = bytes.subarray(0, this.#room);
    this.written += new TextDecoder().decode(some);
    return some.length;
  }
}

Deno.test("Output writes all of a text that a pipe takes piece by piece", () => {
  const pipe = new Pipe(3);
  new Output(pipe).write("0123456789");
  assertEquals(pipe.written, "0123456789");
});

Deno.test("Output tries again when the pipe is full", () => {
  const full = new Deno.errors.WouldBlock();
  const pipe = new Pipe(100, [full, full]);
  new Output(pipe).write("text");
  assertEquals(pipe.written, "text");
});

Deno.test("Output says once that its reader has gone, and is silent then", () => {
  const gone = new Deno.errors.BrokenPipe();
  const pipe = new Pipe(100, [gone]);
  const causes: unknown[] = [];
  const output = new Output(pipe, (cause) => causes.push(cause));
  output.write("a");
  output.write("b");
  assertEquals({ causes, closed: output.closed, written: pipe.written }, {
    causes: [gone],
    closed: true,
    written: "",
  });
});
