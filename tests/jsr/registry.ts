/**
 * A registry on the loopback interface that speaks JSR's protocol. It takes what
 * `deno publish` sends, and serves that as JSR would. Where `@std` is asked for,
 * it serves the stand-ins.
 */
import { assertEquals } from "@std/assert";
import { ROOT } from "../helpers.ts";

/** A published version of a package. */
interface Version {
  /** By path, as in `/mod.ts`. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly exports: Readonly<Record<string, string>>;
}

const { imports: STAND_INS }: { imports: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(new URL(".ci/import_map.json", ROOT)),
);

export class Registry implements AsyncDisposable {
  /** By name, as in `@std/async`, and version. */
  readonly #packages = new Map<string, Map<string, Version>>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #closed = false;

  constructor() {
    for (const name of ["@std/assert", "@std/async", "@std/cli"]) {
      // Newer than any that a range in deno.json asks for.
      this.#packages.set(name, new Map([["1.999.0", standIn(name)]]));
    }
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  /** What `JSR_URL` is set to. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** The paths of what was published, sorted. */
  files(name: string, version: string): string[] {
    return [...this.#packages.get(name)!.get(version)!.files.keys()].sort();
  }

  /** Publishes the files of one version as another one. */
  publishAgain(name: string, version: string, as: string): void {
    const versions = this.#packages.get(name)!;
    versions.set(as, versions.get(version)!);
  }

  /** Answers nothing from now on. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#server.shutdown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const api = /^\/api\/scopes\/(\w+)\/packages\/(\w+)(?:\/versions\/(.+))?$/
      .exec(pathname);
    if (api !== null) {
      const [, scope, name, version] = api;
      if (request.method === "POST") {
        const files = await unpack(await request.bytes());
        this.#publish(`@${scope}/${name}`, version!, files);
        return Response.json({ id: "1", status: "success", error: null });
      }
      return version === undefined
        ? Response.json({ scope, name })
        : Response.json({ code: "packageVersionNotFound" }, { status: 404 });
    }
    const asked = /^\/(@\w+\/\w+)\/(.+)$/.exec(pathname);
    const served = asked && await this.#serve(asked[1]!, asked[2]!);
    return served ?? new Response("not found", { status: 404 });
  }

  #publish(name: string, version: string, files: Version["files"]): void {
    const config = new TextDecoder().decode(files.get("/deno.json"));
    const { exports } = JSON.parse(config);
    const versions = this.#packages.get(name) ?? new Map();
    this.#packages.set(name, versions.set(version, { files, exports }));
  }

  async #serve(name: string, path: string): Promise<Response | undefined> {
    const versions = this.#packages.get(name);
    if (versions === undefined) return undefined;
    if (path === "meta.json") {
      const [scope, short] = name.slice(1).split("/");
      const all = Object.fromEntries([...versions.keys()].map((v) => [v, {}]));
      return Response.json({ scope, name: short, versions: all });
    }
    const meta = /^(.+)_meta\.json$/.exec(path)?.[1];
    const found = versions.get(meta ?? path.split("/")[0]!);
    if (found === undefined) return undefined;
    const { files, exports } = found;
    if (meta !== undefined) {
      return Response.json({ manifest: await manifestOf(files), exports });
    }
    const file = files.get(path.slice(path.indexOf("/")));
    if (file === undefined) return undefined;
    const type = path.endsWith(".json")
      ? "application/json"
      : "text/typescript";
    return new Response(file, { headers: { "content-type": type } });
  }
}

async function manifestOf(files: Version["files"]): Promise<object> {
  const manifest: Record<string, object> = {};
  for (const [path, bytes] of files) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    manifest[path] = { size: bytes.length, checksum: `sha256-${hash.toHex()}` };
  }
  return manifest;
}

/** A package of `@std`, as `.ci/import_map.json` stands in for it. */
function standIn(name: string): Version {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const exports: Record<string, string> = {};
  for (const [specifier, path] of Object.entries(STAND_INS)) {
    if (specifier !== name && !specifier.startsWith(`${name}/`)) continue;
    const url = new URL(path, new URL(".ci/import_map.json", ROOT));
    const file = `/${url.pathname.split("/").pop()}`;
    const source = Deno.readTextFileSync(url)
      .replace('"deno-std/', `"${STAND_INS["deno-std/"]!.replace("/", "")}`);
    files.set(file, new TextEncoder().encode(source));
    exports[`.${specifier.slice(name.length)}`] = `.${file}`;
  }
  return { files, exports };
}

/** The files in a compressed archive. */
async function unpack(
  archive: Uint8Array<ArrayBuffer>,
): Promise<Version["files"]> {
  const folder = await Deno.makeTempDir();
  try {
    const tar = new Deno.Command("tar", {
      args: ["-xzf", "-", "-C", folder],
      stdin: "piped",
    }).spawn();
    await ReadableStream.from([archive]).pipeTo(tar.stdin);
    assertEquals((await tar.status).code, 0);
    return new Map(filesUnder(folder, ""));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function* filesUnder(
  root: string,
  folder: string,
): Generator<[string, Uint8Array<ArrayBuffer>]> {
  for (const { name, isDirectory } of Deno.readDirSync(root + folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesUnder(root, path);
    else yield [path, Deno.readFileSync(root + path)];
  }
}
