import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fetch, HttpError } from "../../../src/cli/session/builtin_fetch.ts";
import { openLoop } from "../../helpers.ts";
import { until } from "../../until.ts";
import { Prompt } from "../prompt.ts";

/** A server on the loopback interface, and the address of a path on it. */
function serve(
  answer: (request: Request) => Response | Promise<Response>,
): AsyncDisposable & { url: (path?: string) => string } {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, answer);
  return {
    url: (path = "/") => `http://127.0.0.1:${server.addr.port}${path}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A folder that goes with its scope. */
function folder(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync();
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

function names(path: string): string[] {
  return Array.from(Deno.readDirSync(path), ({ name }) => name);
}

Deno.test("fetch sends the method, the headers and the body that it is given", async () => {
  await using server = serve(async (request) => {
    const { method, headers } = request;
    const sent = [headers.get("a"), headers.get("content-type")];
    return Response.json([method, ...sent, await request.text()]);
  });
  const asked = async (options?: Parameters<typeof fetch>[1]) =>
    JSON.parse((await fetch(server.url(), options)).body as string);
  assertEquals(await asked(), ["GET", null, null, ""]);
  const header = ["A: b", "a:c", "Content-Type: text/plain"];
  assertEquals(await asked({ method: "PUT", header, data: "x" }), [
    "PUT",
    "b, c",
    "text/plain",
    "x",
  ]);
  assertEquals(await asked({ data: "x=1" }), [
    "POST",
    null,
    "application/x-www-form-urlencoded",
    "x=1",
  ]);
  using own = folder();
  await Deno.writeTextFile(`${own.path}/body`, "from a file\n");
  const fromFile = await asked({ data: `@${own.path}/body` });
  assertEquals(fromFile.at(-1), "from a file\n");
});

Deno.test("fetch fails with a status of 400 and more, and has it and the body's beginning in the error", async () => {
  await using server = serve(() =>
    new Response("x".repeat(50_000), { status: 404, statusText: "Not Found" })
  );
  const error = await assertRejects(() => fetch(server.url("/a")), HttpError);
  assertEquals(error.message, `404 Not Found from ${server.url("/a")}`);
  assertEquals([error.status, error.body], [404, "x".repeat(10_000)]);
  const page = await fetch(server.url(), { noFail: true });
  assertEquals([page.status, page.bytes], [404, 50_000]);
});

Deno.test("fetch says in its error when to try again, as curl does", async () => {
  await using server = serve((request) => {
    const { pathname, search } = new URL(request.url);
    const headers: HeadersInit = search === ""
      ? {}
      : { "retry-after": decodeURIComponent(search.slice(1)) };
    return new Response(null, { status: Number(pathname.slice(1)), headers });
  });
  const retryAfter = async (path: string): Promise<number | undefined> => {
    const failing = () => fetch(server.url(path));
    return (await assertRejects(failing, HttpError)).retryAfter;
  };
  assertEquals(await retryAfter("/503"), undefined);
  assertEquals(await retryAfter("/503?7"), 7000);
  assertEquals(await retryAfter("/429?soon"), undefined);
  assertEquals(await retryAfter(`/429?${new Date(0).toUTCString()}`), 0);
  const later = new Date(Date.now() + 3_600_000).toUTCString();
  const ms = (await retryAfter(`/429?${later}`))!;
  assert(ms > 3_000_000 && ms <= 3_600_000, `${ms}`);
  for (const status of [400, 401, 404, 410, 501]) {
    assertEquals(await retryAfter(`/${status}?7`), Infinity);
  }
});

Deno.test("fetch with retry tries a 503 again and a 404 not", async () => {
  const asked: string[] = [];
  await using server = serve(({ url }) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    if (pathname === "/gone") return new Response(null, { status: 404 });
    const status = asked.length < 3 ? 503 : 200;
    return new Response(null, { status, headers: { "retry-after": "0" } });
  });
  await using loop = openLoop({ onWarning: () => {} });
  const prompt = new Prompt(loop);
  const retry = "--retry 5 --backoff 1ms";
  await prompt.says(`submit fetch ${server.url("/busy")} ${retry}`);
  await loop.wait();
  await prompt.says(`submit fetch ${server.url("/gone")} ${retry}`);
  await loop.wait();
  assertEquals(asked, ["/busy", "/busy", "/busy", "/gone"]);
  assertEquals(loop.list().map(({ state }) => state), ["succeeded", "failed"]);
});

Deno.test("fetch refuses a body that is too large, whether it is announced or not", async () => {
  await using server = serve((request) =>
    new Response(
      new URL(request.url).pathname === "/announced"
        ? new Uint8Array(2000)
        : new Blob([new Uint8Array(2000)]).stream(),
    )
  );
  for (const path of ["/announced", "/streamed"]) {
    const url = server.url(path);
    await assertRejects(
      () => fetch(url, { maxBytes: 1999 }),
      RangeError,
      "the body is larger than 1999 bytes",
    );
    assertEquals((await fetch(url, { maxBytes: 2000 })).bytes, 2000);
  }
});

Deno.test("fetch writes a body to a file, and to no other file beside", async () => {
  await using server = serve(() => new Response("new"));
  using own = folder();
  const file = `${own.path}/page`;
  await Deno.writeTextFile(file, "old");
  await Deno.symlink(file, `${own.path}/link`);
  const page = await fetch(server.url(), { output: `${own.path}/link` });
  assertEquals([page.bytes, page.file], [3, `${own.path}/link`]);
  assertEquals(await Deno.readTextFile(file), "new");
  assertEquals(names(own.path).sort(), ["link", "page"]);
});

Deno.test("fetch leaves a file as it was when the body does not arrive whole", async () => {
  const cut = Promise.withResolvers<void>();
  await using server = serve(() => {
    let at = 0;
    const body = new ReadableStream({
      async pull(controller) {
        if (at++ === 0) return controller.enqueue(new Uint8Array(1000));
        await cut.promise;
        controller.error(new Error("cut"));
      },
    });
    return new Response(body);
  });
  using own = folder();
  await Deno.writeTextFile(`${own.path}/page`, "old");
  const fetching = fetch(server.url(), { output: `${own.path}/page` });
  await until(() => names(own.path).length === 2);
  cut.resolve();
  await assertRejects(() => fetching, TypeError);
  assertEquals(names(own.path), ["page"]);
  assertEquals(await Deno.readTextFile(`${own.path}/page`), "old");
});

Deno.test("fetch that is cancelled leaves nothing of its file, and has told its progress", async () => {
  await using server = serve(() =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(1000)),
      }),
      { headers: { "content-length": "3000" } },
    )
  );
  using own = folder();
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says(`submit fetch ${server.url()} -o '${own.path}/page'`);
  const handle = loop.get(1)!;
  await until(() => handle.snapshot().progress?.done === 1000);
  const { total, note } = handle.snapshot().progress!;
  assertEquals([total, note], [3000, "bytes"]);
  assertMatch(names(own.path)[0]!, /^page\..*\.part$/);
  assertEquals(await handle.cancel(), "cancelled");
  assertEquals(names(own.path), []);
});

Deno.test("fetch writes to a device, and does not replace it", async () => {
  await using server = serve(() => new Response("body"));
  const before = await Deno.stat("/dev/null");
  await fetch(server.url(), { output: "/dev/null" });
  assertEquals((await Deno.stat("/dev/null")).ino, before.ino);
});

for (
  const [typed, url] of [
    ["127.0.0.1:8000/x", "http://127.0.0.1:8000/x"],
    ["localhost:8000", "http://localhost:8000"],
    ["localhost/x?y", "http://localhost/x?y"],
    ["example.org", "http://example.org"],
    ["[::1]:80/", "http://[::1]:80/"],
    ["https://example.org/", "https://example.org/"],
    ["data:,x", "data:,x"],
  ] as const
) {
  Deno.test(`fetch ${typed} is a request to ${url}`, async () => {
    await using loop = openLoop();
    const prompt = new Prompt(loop);
    await prompt.says("pause");
    await prompt.says(`submit fetch ${typed}`);
    assertEquals(loop.get(1)!.snapshot().args, [url]);
  });
}
