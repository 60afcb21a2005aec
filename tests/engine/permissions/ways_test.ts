/** A task in a process can do what it was given, and no more, in no way. */
import { assert, assertEquals } from "@std/assert";
import {
  type LoopController,
  LoopLostError,
  type PermissionKind,
} from "../../../mod.ts";
import { openLoop, ROOT } from "../../helpers.ts";
import { NEVER, prepare, WAYS } from "./ways.ts";

/** What a task is told, the last of them by the Cache API. */
const DENIAL =
  /Requires \w+ access|--no-npm is specified|EPERM|^(Error: )?client error \(Connect\)$/;

function isDenial(error: Error): boolean {
  if (error instanceof LoopLostError) return false;
  return error instanceof Deno.errors.NotCapable || DENIAL.test(error.message);
}

/** Two folders of the same files. */
async function makeFolders(): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  for (const name of ["inside", "outside"]) {
    await Deno.mkdir(`${folder}/${name}`);
    const files = {
      "data.json": "{}",
      "module.js": MODULE,
      "library.so": "",
      "addon.node": "",
      "database": "",
      "from_inside.js": `import "../inside/module.js"`,
      "from_outside.js": `import "../outside/module.js"`,
    };
    for (const [file, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}/${file}`, text);
    }
  }
  return folder;
}

/** Says that it ran, where it is a Worker. */
const MODULE = `if (globalThis.name === "nested") postMessage("ran")`;

/** Serves modules, redirects and sockets, and counts who came. */
class Server implements AsyncDisposable {
  visits = 0;
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => this.#answer(request),
  );

  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  #answer(request: Request): Response {
    this.visits++;
    if (request.headers.get("upgrade") === "websocket") {
      return Deno.upgradeWebSocket(request).response;
    }
    const { pathname, search } = new URL(request.url);
    const to = `http://${search.slice(1)}`;
    if (pathname === "/redirect") return Response.redirect(to);
    const json = pathname === "/data.json";
    const module = pathname === "/from" ? `import "${to}/module.js"` : MODULE;
    return new Response(json ? "{}" : module, {
      headers: { "content-type": `text/${json ? "json" : "javascript"}` },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** What is tried of each kind: one that may be given, and one that may not. */
interface Targets {
  readonly granted: string;
  readonly other: string;
}

class Place implements AsyncDisposable {
  readonly inside = new Server();
  readonly outside = new Server();

  constructor(readonly folder: string) {}

  get targets(): { readonly [K in PermissionKind]: Targets } {
    const folders = {
      granted: `${this.folder}/inside`,
      other: `${this.folder}/outside`,
    };
    const hosts = { granted: this.inside.host, other: this.outside.host };
    return {
      read: folders,
      write: folders,
      net: hosts,
      env: { granted: "HOME", other: "PATH" },
      run: { granted: "true", other: "ls" },
      ffi: folders,
      sys: { granted: "hostname", other: "osRelease" },
      import: hosts,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inside[Symbol.asyncDispose]();
    await this.outside[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

type Way = (typeof WAYS)["read"][string];

const KINDS = Object.keys(WAYS) as readonly PermissionKind[];

/** What came of each of these ways: "denied", "open", or its error. */
async function tried(
  loop: LoopController,
  ways: Readonly<Record<string, Way>>,
  target = "",
  granted = target,
): Promise<Record<string, string>> {
  const results = Object.entries(ways).map(async ([name, way]) => {
    const outcome = await loop.submit(way, [target, granted]).outcome();
    if (outcome.state !== "failed") return [name, "open"];
    const { error } = outcome;
    return [name, isDenial(error) ? "denied" : String(error)];
  });
  return Object.fromEntries(await Promise.all(results));
}

function all(ways: object, result: string): Record<string, string> {
  return Object.fromEntries(Object.keys(ways).map((name) => [name, result]));
}

Deno.test("a task in a process that was given nothing is denied all, in every way", async (t) => {
  await using place = new Place(await makeFolders());
  await using loop = openLoop({ isolation: "process", permissions: {} });
  await loop.submit(prepare);
  for (const kind of KINDS) {
    await t.step(kind, async () => {
      const { granted } = place.targets[kind];
      const ways = WAYS[kind];
      assertEquals(await tried(loop, ways, granted), all(ways, "denied"));
    });
  }
  await t.step("what Deno asks for otherwise", async () => {
    assertEquals(await tried(loop, NEVER), all(NEVER, "denied"));
  });
  assertEquals([place.inside.visits, place.outside.visits], [0, 0]);
});

Deno.test("a task in a process that was given a part can do that in every way, and the rest in none", async (t) => {
  await using place = new Place(await makeFolders());
  const permissions = {
    ...Object.fromEntries(
      KINDS.map((kind) => [kind, [place.targets[kind].granted]]),
    ),
    // node:child_process reads that one.
    env: [place.targets.env.granted, "NODE_V8_COVERAGE"],
  };
  await using loop = openLoop({ isolation: "process", permissions });
  await loop.submit(prepare);
  for (const kind of KINDS) {
    const { granted, other } = place.targets[kind];
    const ways = WAYS[kind];
    await t.step(kind, async () => {
      const open = await tried(loop, ways, granted);
      // There is no library that could be loaded on every machine.
      if (kind === "ffi") assert(!Object.values(open).includes("denied"));
      else assertEquals(open, all(ways, "open"));
      const denied = await tried(loop, ways, other, granted);
      assertEquals(denied, all(ways, "denied"));
    });
  }
  await t.step("what Deno asks for otherwise", async () => {
    assertEquals(await tried(loop, NEVER), all(NEVER, "denied"));
  });
  assertEquals(place.outside.visits, 0);
  const lock = await Deno.readTextFile(new URL("deno.lock", ROOT));
  assert(!lock.includes(place.inside.host), "what it imported is noted");
});
