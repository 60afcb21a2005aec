/** The prompt, piped, on a real HTTP server with slow and broken pages. */
import { assertEquals, assertGreater } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { RUN } from "./command_line.ts";
import { DenoChild } from "./helpers.ts";
import { PATIENCE_MS } from "./patience.ts";

/** Something that happens once, at the server. */
class Happening {
  readonly #happened = Promise.withResolvers<void>();

  happen(): void {
    this.#happened.resolve();
  }

  get seen(): Promise<void> {
    return deadline(this.#happened.promise, PATIENCE_MS);
  }
}

/**
 * `/size/N` N bytes. `/error` status 500. `/cut` breaks off in its body.
 * `/stuck` never ends its body. `/slow` answers when it is told to.
 */
class Pages implements AsyncDisposable {
  readonly stuckClosed = new Happening();
  readonly #slow = Promise.withResolvers<void>();
  readonly #server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      // Told of the body that breaks off; what it answers goes nowhere.
      onError: () => new Response(null, { status: 500 }),
    },
    (request) => this.#answer(request),
  );

  url(path: string): string {
    return `http://127.0.0.1:${this.#server.addr.port}${path}`;
  }

  answerSlow(): void {
    this.#slow.resolve();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/error":
        return new Response("out of order", { status: 500 });
      case "/cut":
        return new Response(
          bodyOf({
            pull: (body) => body.error(new Error("cut")),
          }),
          { headers: { "content-length": "1000" } },
        );
      case "/stuck":
        return new Response(bodyOf({
          start: (body) => body.enqueue(new Uint8Array(10)),
          cancel: () => this.stuckClosed.happen(),
        }));
      case "/slow":
        await this.#slow.promise;
        return new Response("at last");
      default:
        return new Response("x".repeat(Number(pathname.split("/")[2])));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#slow.resolve();
    await this.#server.shutdown();
  }
}

/** Takes a request and never answers, not even with a status. */
class HangingPage implements Disposable {
  readonly begun = new Happening();
  readonly closed = new Happening();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  constructor() {
    this.#hang();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}/hang`;
  }

  async #hang(): Promise<void> {
    for await (const connection of this.#listener) {
      for await (const _ of connection.readable) this.begun.happen();
      this.closed.happen();
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }
}

function bodyOf(
  source: UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(source);
}

interface Reply {
  readonly type: string;
  readonly id?: number;
  readonly name?: string;
  readonly state?: string;
  readonly answer?: string;
  readonly elapsedMs?: number;
  readonly timeoutMs?: number;
  readonly value?: { readonly status: number; readonly bytes: number };
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly fields?: { readonly status?: number };
  };
  readonly reason?: { readonly name: string; readonly message: string };
}

/** `loopctl --json` with a pipe at each end. */
class Prompt extends DenoChild {
  constructor() {
    super([...RUN, "cli.ts", "--json"]);
  }

  /** Sends lines, and reads replies up to the first of `type`. */
  async ask(lines: string, type: string, name?: string): Promise<Reply> {
    await this.write(`${lines}\n`);
    return await this.reply(type, name);
  }

  /** Reads replies up to the first of `type`, about the task of that name. */
  async reply(type: string, name?: string): Promise<Reply> {
    for (;;) {
      const reply: Reply = JSON.parse(await this.readLine());
      if (reply.type !== type) continue;
      if (name === undefined || reply.name === name) return reply;
    }
  }
}

Deno.test("the prompt, piped, controls ten fetches one by one", async () => {
  await using pages = new Pages();
  using hanging = new HangingPage();
  await using prompt = new Prompt();
  const sizes = [0, 1, 1000, 65_536, 1_000_000];

  for (const [i, size] of sizes.entries()) {
    const line = `submit fetch ${pages.url(`/size/${size}`)} --name size-${i}`;
    assertEquals((await prompt.ask(line, "submitted")).id, i + 1);
  }
  for (const name of ["error", "cut", "stuck"]) {
    const line = `submit fetch ${pages.url(`/${name}`)} --name ${name}`;
    assertEquals((await prompt.ask(line, "submitted")).name, name);
  }
  await prompt.ask(`submit fetch ${hanging.url} --name hang`, "submitted");

  // Moved while it runs: the page takes longer than it had been given.
  const slow = `submit fetch ${pages.url("/slow")} --name slow --timeout 2s`;
  await prompt.write(`${slow}\n`);
  const moved = await prompt.ask("timeout slow 10m", "task", "slow");
  assertEquals(moved.timeoutMs, 600_000);

  await hanging.begun.seen;
  const polled = await prompt.ask("poll", "task", "hang");
  assertEquals(polled.state, "running");
  await prompt.reply("task", "slow");

  const cancel = await prompt.ask("cancel hang", "cancel", "hang");
  assertEquals(cancel.answer, "cancelled");
  await hanging.closed.seen;

  await prompt.ask("timeout stuck 1ms", "task", "stuck");
  await pages.stuckClosed.seen;

  const elapsed: number[] = [];
  for (let polls = 0; polls < 20; polls++) {
    const reply = await prompt.ask("poll slow", "task", "slow");
    assertEquals(reply.state, "running");
    elapsed.push(reply.elapsedMs!);
  }
  // Two polls can come within one millisecond.
  assertEquals(elapsed, elapsed.toSorted((a, b) => a - b));
  assertGreater(elapsed.at(-1), elapsed[0]);
  pages.answerSlow();

  await prompt.write("wait\ncollect\n");
  const outcomes = new Map<string | undefined, Reply>();
  while (outcomes.size < 10) {
    const outcome = await prompt.reply("outcome");
    outcomes.set(outcome.name, outcome);
  }
  for (const [i, size] of sizes.entries()) {
    const value = outcomes.get(`size-${i}`)?.value;
    assertEquals([value?.status, value?.bytes], [200, size]);
  }
  assertEquals(outcomes.get("error")?.error?.fields?.status, 500);
  assertEquals(outcomes.get("slow")?.value?.bytes, "at last".length);
  assertEquals(outcomes.get("cut")?.state, "failed");
  assertEquals(outcomes.get("hang")?.reason?.name, "CancelledError");
  assertEquals(outcomes.get("stuck")?.reason?.name, "TimeoutError");

  const { code, stderr } = await prompt.finish();
  assertEquals(code, 1, "a task has failed");
  assertEquals(stderr, "");
});
