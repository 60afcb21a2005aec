/** A server of small pages in a process of its own. */
import { deno, FOLDER } from "./programs.ts";

export class PageServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, readonly url: string) {
    this.#child = child;
  }

  static async start(): Promise<PageServer> {
    const [program, ...args] = deno;
    const child = new Deno.Command(program!, {
      args: [...args, "workers/page_server.ts"],
      cwd: FOLDER,
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    const { value = "" } = await reader.read();
    await reader.cancel();
    return new PageServer(child, value.trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.status;
  }
}
