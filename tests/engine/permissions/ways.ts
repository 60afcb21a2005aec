/**
 * Every way in which a task can try to use what it may not. Each function is
 * sent as its source; what several of them need is made by `prepare`.
 */
import type { PermissionKind } from "../../../mod.ts";

/** Runs code in a Worker of the task's own. */
declare function inWorker(code: string): Promise<unknown>;
/** As {@linkcode inWorker}, in a Worker of `node:worker_threads`. */
declare function inThread(code: string): Promise<unknown>;
/** Loads a module as a Worker. */
declare function asWorker(url: string): Promise<unknown>;
declare function dataUrl(code: string): string;

/**
 * Gives the loop what the ways need: a task that is run first. What runs code
 * is made once, since each Worker takes its time to start.
 */
export async function prepare(): Promise<void> {
  const { Worker: Thread } = await import("node:worker_threads");
  const dataUrl = (code: string) =>
    `data:application/javascript,${encodeURIComponent(code)}`;
  const asWorker = (url: string) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(url, { type: "module", name: "nested" });
      const end = (settle: () => void): void => {
        worker.terminate();
        settle();
      };
      worker.onmessage = () => end(() => resolve("ran"));
      worker.onerror = (event) => {
        event.preventDefault();
        end(() => reject(new Error(event.message)));
      };
    });
  /** Answers each code that it is sent with an error, or nothing. */
  const runner = `async ({ id, code }) => {
    const async = Object.getPrototypeOf(async () => {}).constructor;
    try {
      await new async(code)();
      return { id };
    } catch (error) {
      return { id, error: String(error) };
    }
  }`;
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  const answer = ({ id, error }: { id: number; error?: string }) => {
    if (error === undefined) waiting.get(id)!.resolve();
    else waiting.get(id)!.reject(new Error(error));
  };
  let lastId = 0;
  const ask = (post: (message: unknown) => void) => (code: string) => {
    const asked = Promise.withResolvers<void>();
    waiting.set(++lastId, asked);
    post({ id: lastId, code });
    return asked.promise;
  };
  const worker = new Worker(
    dataUrl(`const run = ${runner};
      onmessage = async ({ data }) => postMessage(await run(data));`),
    { type: "module" },
  );
  worker.onmessage = ({ data }) => answer(data);
  const thread = new Thread(
    `const run = ${runner};
      const { parentPort: port } = require("node:worker_threads");
      port.on("message", async (data) => port.postMessage(await run(data)));`,
    { eval: true },
  );
  thread.on("message", answer);
  Object.assign(globalThis, {
    dataUrl,
    asWorker,
    inWorker: ask((message) => worker.postMessage(message)),
    inThread: ask((message) => thread.postMessage(message)),
  });
}

/**
 * What it is given is a path, a host and port, or a name, as its kind has it;
 * `granted` is one that may be used, if any may.
 */
type Way = (target: string, granted: string) => unknown;

export const WAYS: {
  readonly [K in PermissionKind]: Readonly<Record<string, Way>>;
} = {
  read: {
    "Deno": (folder) => Deno.readTextFileSync(`${folder}/data.json`),
    "its kind and size": (folder) => Deno.statSync(`${folder}/data.json`),
    "the names in a folder": (folder) => [...Deno.readDirSync(folder)],
    "watching": (folder) => Deno.watchFs(folder).close(),
    "fetch": async (folder) =>
      await (await fetch(`file://${folder}/data.json`)).text(),
    "import": (folder) => import(`file://${folder}/module.js`),
    "import of JSON": (folder) =>
      import(`file://${folder}/data.json`, { with: { type: "json" } }),
    "import by one that may be read": (folder, granted) =>
      import(`file://${granted}/from_${folder.split("/").at(-1)}.js`),
    "Worker": (folder) => asWorker(`file://${folder}/module.js`),
    "a Worker of its own": (folder) =>
      inWorker(`Deno.readTextFileSync("${folder}/data.json")`),
    "node:fs": async (folder) =>
      (await import("node:fs")).readFileSync(`${folder}/data.json`),
    "node:module": async (folder) => {
      const { createRequire } = await import("node:module");
      return createRequire(`${folder}/x.js`)("./data.json");
    },
    "node:worker_threads": (folder) =>
      inThread(`Deno.readTextFileSync("${folder}/data.json")`),
    "node:sqlite": async (folder) => {
      const { DatabaseSync } = await import("node:sqlite");
      new DatabaseSync(`${folder}/database`, { readOnly: true }).close();
    },
  },
  write: {
    "Deno": (folder) => Deno.writeTextFileSync(`${folder}/1`, ""),
    "a folder": (folder) => Deno.mkdirSync(`${folder}/2`),
    "a temporary file": (folder) => Deno.makeTempFileSync({ dir: folder }),
    "moving": (folder, granted) =>
      Deno.renameSync(`${granted}/data.json`, `${folder}/data.json`),
    "copying": (folder, granted) =>
      Deno.copyFileSync(`${granted}/data.json`, `${folder}/3`),
    "a Worker of its own": (folder) =>
      inWorker(`Deno.writeTextFileSync("${folder}/4", "")`),
    "node:fs": async (folder) =>
      (await import("node:fs")).writeFileSync(`${folder}/5`, ""),
    "node:worker_threads": (folder) =>
      inThread(`Deno.writeTextFileSync("${folder}/6", "")`),
    "node:sqlite": async (folder) => {
      const { DatabaseSync } = await import("node:sqlite");
      new DatabaseSync(`${folder}/7`).exec("CREATE TABLE t (a)");
    },
  },
  net: {
    "fetch": async (host) => await (await fetch(`http://${host}/`)).text(),
    "a redirect": async (host, granted) =>
      await (await fetch(`http://${granted}/redirect?${host}`)).text(),
    "Deno.connect": async (host) => {
      const [hostname, port] = host.split(":");
      const to = { hostname: hostname!, port: Number(port) };
      (await Deno.connect(to)).close();
    },
    "WebSocket": (host) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://${host}/`);
        socket.onopen = () => {
          socket.close();
          resolve("open");
        };
        socket.onerror = (event) => reject((event as ErrorEvent).error);
      }),
    "a Worker of its own": (host) =>
      inWorker(`await (await fetch("http://${host}/")).text()`),
    "node:http": async (host) => {
      const { get } = await import("node:http");
      return await new Promise((resolve, reject) => {
        get(`http://${host}/`, (response) => {
          response.resume();
          response.on("end", resolve);
        }).on("error", reject);
      });
    },
    "node:net": async (host) => {
      const { connect } = await import("node:net");
      const [hostname, port] = host.split(":");
      return await new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname!, () => {
          socket.destroy();
          resolve("open");
        });
        socket.on("error", reject);
      });
    },
    "node:worker_threads": (host) =>
      inThread(`await (await fetch("http://${host}/")).text()`),
  },
  env: {
    "Deno": (name) => Deno.env.get(name),
    "whether it is there": (name) => Deno.env.has(name),
    "setting": (name) => Deno.env.set(name, "x"),
    "a Worker of its own": (name) => inWorker(`Deno.env.get("${name}")`),
    "node:process": async (name) => (await import("node:process")).env[name],
    "the global process": (name) =>
      (globalThis as unknown as { process: { env: Record<string, string> } })
        .process.env[name],
    "node:worker_threads": (name) => inThread(`process.env["${name}"]`),
  },
  run: {
    "Deno": (name) => new Deno.Command(name).outputSync(),
    "a Worker of its own": (name) =>
      inWorker(`new Deno.Command("${name}").outputSync()`),
    "node:child_process": async (name) => {
      const { spawn } = await import("node:child_process");
      return await new Promise((resolve, reject) => {
        spawn(name, { env: {} }).on("exit", resolve).on("error", reject);
      });
    },
    "node:worker_threads": (name) =>
      inThread(`new Deno.Command("${name}").outputSync()`),
  },
  ffi: {
    "Deno": (folder) => Deno.dlopen(`${folder}/library.so`, {}),
    "a Worker of its own": (folder) =>
      inWorker(`Deno.dlopen("${folder}/library.so", {})`),
    "node:process": async (folder) => {
      const { default: process } = await import("node:process");
      (process as unknown as { dlopen(module: object, path: string): void })
        .dlopen({ exports: {} }, `${folder}/library.so`);
    },
    "node:module": async (folder) => {
      const { createRequire } = await import("node:module");
      return createRequire(`${folder}/x.js`)("./addon.node");
    },
  },
  sys: {
    "Deno": (name) =>
      (Deno as unknown as Record<string, () => unknown>)[name]!(),
    "a Worker of its own": (name) => inWorker(`Deno.${name}()`),
    "node:os": async (name) => {
      const os = await import("node:os");
      return name === "hostname" ? os.hostname() : os.release();
    },
  },
  import: {
    "import": (host) => import(`http://${host}/module.js`),
    "import of JSON": (host) =>
      import(`http://${host}/data.json`, { with: { type: "json" } }),
    "import of text": (host) =>
      import(`http://${host}/module.js`, { with: { type: "text" } }),
    "import by a data: URL": (host) =>
      import(dataUrl(`import "http://${host}/module.js"`)),
    "import by a blob: URL": (host) => {
      const code = `import "http://${host}/module.js"`;
      const type = "application/javascript";
      return import(URL.createObjectURL(new Blob([code], { type })));
    },
    "import by one that may be imported": (host, granted) =>
      import(`http://${granted}/from?${host}`),
    "import by a redirect": (host, granted) =>
      import(`http://${granted}/redirect?${host}/module.js`),
    "eval": (host) => (0, eval)(`import("http://${host}/module.js")`),
    "Worker": (host) => asWorker(`http://${host}/module.js`),
    "Worker of a data: URL": (host) =>
      asWorker(dataUrl(`import "http://${host}/module.js"`)),
    "a Worker of its own": (host) =>
      inWorker(`await import("http://${host}/module.js")`),
    "node:worker_threads": (host) =>
      inThread(`await import("http://${host}/module.js")`),
  },
};

/** Ways that are open to those alone who may do all of it, or to nobody. */
export const NEVER: Readonly<Record<string, () => unknown>> = {
  "a default host": () => import(`https://jsr.io/${"@a/b/1.0.0/mod.ts"}`),
  "a default host of a Worker": () => asWorker("https://deno.land/x/mod.ts"),
  "jsr:": () => import(`jsr:${"@a/b"}`),
  "npm:": () => import(`npm:${"a-package"}`),
  "npm: by a data: URL": () => import(dataUrl(`import "npm:a-package"`)),
  "npm: as a Worker": () => asWorker("npm:a-package"),
  "where imports can be denied": () => import(`http://none.invalid/${"x"}`),
  "the Cache API": async () => {
    const cache = await caches.open("loopctl");
    await cache.put("http://127.0.0.1/", new Response("kept"));
  },
  "the Cache API of a Worker": () =>
    inWorker(`const cache = await caches.open("loopctl");
      await cache.put("http://127.0.0.1/", new Response("kept"))`),
  "its environment under /proc": () =>
    Deno.readTextFileSync("/proc/self/environ"),
  "its parent's environment": () =>
    Deno.readTextFileSync(`/proc/${Deno.ppid}/environ`),
  "its memory": () => Deno.openSync("/proc/self/mem").close(),
  "its descriptors": () => [...Deno.readDirSync("/proc/self/fd")],
  "the root under /proc": () => [...Deno.readDirSync("/proc/self/root/")],
  "all variables": () => Deno.env.toObject(),
  "listening": () => Deno.listen({ port: 0 }).close(),
  "names of hosts": () => Deno.resolveDns("localhost", "A"),
  "names of hosts, node:dns": async () =>
    await (await import("node:dns/promises")).lookup("localhost"),
  "signals": () => Deno.kill(Deno.ppid, "SIGCONT"),
  "signals, node:process": async () =>
    (await import("node:process")).kill(Deno.ppid, 0),
  "a shell": async () => (await import("node:child_process")).execSync("true"),
  "the inspector": async () => (await import("node:inspector")).open(0),
  "asking": async () => {
    const { state } = await Deno.permissions.request({ name: "read" });
    if (state === "denied") throw new Deno.errors.NotCapable("denied");
  },
};
