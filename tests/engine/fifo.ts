import { deadline } from "@std/async/deadline";
import { PATIENCE_MS } from "../patience.ts";

/**
 * A door between a test and a task in any thread or process: the task reads
 * the file, which holds it up; the test knows that it has come, and lets it
 * through.
 */
export class Fifo implements AsyncDisposable {
  readonly #folder: string;
  /** To be read by the task: `Deno.readTextFile(path)`, or blocking it. */
  readonly path: string;
  #writer: Promise<Deno.FsFile> | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = `${folder}/door`;
  }

  static async make(): Promise<Fifo> {
    const fifo = new Fifo(await Deno.makeTempDir());
    await new Deno.Command("mkfifo", { args: [fifo.path] }).output();
    return fifo;
  }

  /** Resolves when a task has come. */
  async arrival(): Promise<void> {
    // Opening one end waits for the other.
    await deadline(this.#opening(), PATIENCE_MS);
  }

  #opening(): Promise<Deno.FsFile> {
    return this.#writer ??= Deno.open(this.path, { write: true });
  }

  /** Lets the task through that has come, or comes. */
  async open(text = ""): Promise<void> {
    const writer = await deadline(this.#opening(), PATIENCE_MS);
    this.#writer = undefined;
    await writer.write(new TextEncoder().encode(text));
    writer.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One end that is both lets the other through, whichever waits.
    const both = Deno.openSync(this.path, { read: true, write: true });
    (await this.#writer)?.close();
    both.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
