/** The architecture's rules, checked on what the files really import. */
import { assert, assertEquals } from "@std/assert";
import { IMPORT_MAP } from "./command_line.ts";
import { ROOT } from "./helpers.ts";

/** Which files a layer has, and which layers they may import. */
interface Layer {
  readonly files: RegExp;
  readonly imports: readonly string[];
}

/** The rooms of a folder, the folder itself first; each may import those after it. */
const ROOMS = {
  cli: [
    "",
    "terminal",
    "commands",
    "watch",
    "redirect",
    "timeline",
    "batch",
    "session",
    "render",
    "language",
    "text",
  ],
  controller: ["", "batch", "scheduling", "loops", "task"],
};

/** The layers of a folder; each may also import the `below`. */
function roomsOf(
  folder: keyof typeof ROOMS,
  below: readonly string[],
): Record<string, Layer> {
  const rooms = ROOMS[folder];
  return Object.fromEntries(rooms.map((room, at): [string, Layer] => [
    `${folder}/${room}`,
    {
      files: new RegExp(`^src/${folder}/${room && `${room}/`}[^/]+\\.ts$`),
      imports: [...rooms.slice(at).map((one) => `${folder}/${one}`), ...below],
    },
  ]));
}

const LAYERS: Readonly<Record<string, Layer>> = {
  entry: { files: /^cli\.ts$/, imports: ["cli/"] },
  repl: {
    files: /^src\/repl\.ts$/,
    imports: ["cli/commands", "cli/render", "mod"],
  },
  ...roomsOf("cli", ["mod", "task", "base"]),
  mod: {
    files: /^mod\.ts$/,
    imports: [
      ...ROOMS.controller.map((room) => `controller/${room}`),
      ...["protocol", "base"],
    ],
  },
  ...roomsOf("controller", ["engine", "protocol", "base"]),
  engine: {
    files: /^src\/engine\//,
    imports: ["engine", "protocol", "serial", "base"],
  },
  loop: {
    files: /^src\/loop\//,
    imports: ["loop", "task", "protocol", "serial", "base"],
  },
  task: {
    files: /^src\/task_api(\.ts$|\/)/,
    imports: ["task", "protocol", "base"],
  },
  protocol: { files: /^src\/protocol\//, imports: ["protocol", "base"] },
  serial: { files: /^src\/serial\//, imports: ["serial", "base"] },
  // What is not named above knows of nothing above.
  base: {
    files: /^src\/(?!(task_api|repl)\.ts$)[^/]+\.ts$/,
    imports: ["base"],
  },
};

interface Module {
  readonly path: string;
  /** The repository's own files among its imports. */
  readonly imports: readonly string[];
  /** Those of them that are there when it runs, types left out. */
  readonly runs: readonly string[];
  /** All modules that are loaded with it, those of others too. */
  readonly loads: readonly string[];
  /** The files that it hands to a Worker or to a child process. */
  readonly starts: readonly string[];
  readonly source: string;
}

/** The part of `deno info --json` that is read here. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      /** Loaded when it is first needed, and not with the module. */
      readonly isDynamic?: boolean;
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** The path of a source file in the repository; of anything else, nothing. */
function ownPath(specifier: string | undefined): string | undefined {
  if (!specifier?.startsWith(ROOT.href)) return undefined;
  const path = specifier.slice(ROOT.href.length);
  return path.startsWith(".ci/") || !path.endsWith(".ts") ? undefined : path;
}

function* filesUnder(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    if (entry.isDirectory) yield* filesUnder(`${folder}${entry.name}/`);
    else if (entry.name.endsWith(".ts")) yield `${folder}${entry.name}`;
  }
}

async function info(path: string): Promise<Info> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...IMPORT_MAP, path],
    cwd: ROOT,
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Every file of the package, also those that only a Worker loads. */
async function readTree(): Promise<Map<string, Module>> {
  const tree = new Map<string, Module>();
  for (const path of ["cli.ts", "mod.ts", ...filesUnder("src/")]) {
    if (tree.has(path)) continue;
    for (const module of (await info(path)).modules) {
      const path = ownPath(module.specifier);
      if (path === undefined || tree.has(path)) continue;
      const source = Deno.readTextFileSync(new URL(path, ROOT));
      const dependencies = module.dependencies ?? [];
      tree.set(path, {
        path,
        source,
        imports: dependencies
          .map(({ code, type }) => ownPath((code ?? type)?.specifier))
          .filter(isDefined),
        loads: dependencies
          .filter(({ isDynamic }) => !isDynamic)
          .map(({ code }) => code?.specifier).filter(isDefined)
          .map((specifier) => ownPath(specifier) ?? specifier),
        runs: dependencies
          .map(({ code }) => ownPath(code?.specifier)).filter(isDefined),
        starts: [...source.matchAll(
          /(?:new URL|import\.meta\.resolve)\(\s*"(\.[^"]+\.ts)"/g,
        )].map(([, started]) =>
          ownPath(new URL(started!, module.specifier).href)
        )
          .filter(isDefined),
      });
    }
  }
  return tree;
}

function layerOf(path: string): string {
  const names = Object.keys(LAYERS)
    .filter((name) => LAYERS[name]?.files.test(path));
  assertEquals(
    names.length,
    1,
    `${path} is in the layers [${names}], not in one`,
  );
  return names[0]!;
}

/**
 * How many modules are loaded up to the first task, Node's and those of other
 * packages too. Each takes part of the start. Raise one only for what the first
 * task needs.
 */
const MAX_MODULES = { library: 66, loop: 30, prompt: 101 };

const tree = await readTree();
const modules = [...tree.values()];

Deno.test("every import in src/ goes to its own layer or a lower one", () => {
  const upward = modules.flatMap(({ path, imports }) => {
    const allowed = LAYERS[layerOf(path)]!.imports;
    return imports
      .filter((imported) => !allowed.includes(layerOf(imported)))
      .map((imported) => `${path} imports ${imported}`);
  });
  assertEquals(upward, []);
});

Deno.test("no module is part of a cycle of imports", () => {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, above: readonly string[]) => {
    if (above.includes(path)) {
      cycles.push([...above.slice(above.indexOf(path)), path].join(" → "));
    }
    if (finished.has(path) || above.includes(path)) return;
    for (const imported of tree.get(path)?.runs ?? []) {
      visit(imported, [...above, path]);
    }
    finished.add(path);
  };
  for (const { path } of modules) visit(path, []);
  assertEquals(cycles, []);
});

Deno.test("a room holds 15 files at most, but commands, and a file 300 lines", () => {
  const rooms = Object.groupBy(
    modules.filter(({ path }) => path.startsWith("src/")),
    ({ path }) => path.slice(0, path.lastIndexOf("/")),
  );
  const large = Object.entries(rooms)
    .filter(([room, files]) => files!.length > 15 && !room.endsWith("commands"))
    .map(([room]) => room);
  const long = Object.values(rooms).flatMap((files) => files!)
    .filter(({ source }) => source.split("\n").length > 301)
    .map(({ path }) => path);
  assertEquals([large, long], [[], []]);
});

function loadedWith(...paths: readonly string[]): string[] {
  const loaded = new Set<string>();
  const visit = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const next of tree.get(path)?.loads ?? []) visit(next);
  };
  paths.forEach(visit);
  return [...loaded].sort();
}

Deno.test("few modules are loaded up to the first task", () => {
  const starts = {
    library: loadedWith("mod.ts"),
    loop: loadedWith("src/loop/worker.ts"),
    prompt: loadedWith(
      "cli.ts",
      "src/cli/script.ts",
      "src/cli/commands/run.ts",
    ),
  };
  for (const [start, most] of Object.entries(MAX_MODULES)) {
    const loaded = starts[start as keyof typeof starts];
    assert(loaded.length <= most, `${loaded.length}:\n${loaded.join("\n")}`);
  }
});

Deno.test("a program of one task loads one module of Node on each side", () => {
  const nodes = ["mod.ts", "src/loop/worker.ts", "cli.ts"].map((path) =>
    loadedWith(path).filter((module) => module.startsWith("node:"))
  );
  assertEquals(nodes, [
    ["node:worker_threads"],
    ["node:async_hooks"],
    ["node:worker_threads"],
  ]);
});

Deno.test("every file is reached from an entry point", () => {
  const { exports } = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", ROOT)),
  ) as { exports: Record<string, string> };
  const reached = new Set<string>();
  const visit = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    const { imports = [], starts = [] } = tree.get(path) ?? {};
    for (const next of [...imports, ...starts]) visit(next);
  };
  for (const path of Object.values(exports)) visit(path.replace("./", ""));
  assertEquals([...tree.keys()].filter((path) => !reached.has(path)), []);
});

Deno.test("only where a process begins it is ended, and globals.ts takes the means away", () => {
  const exits = modules
    .filter(({ source }) =>
      /^(?!\s*(\/\/|\/?\*)).*\b(Deno|process)\.exit\b/m.test(source)
    )
    .map(({ path }) => path);
  assertEquals(exits.sort(), [
    "cli.ts",
    "src/engine/bridge.ts",
    "src/loop/globals.ts",
  ]);
});

Deno.test("the README names the command that .ci/run runs", () => {
  const readme = Deno.readTextFileSync(new URL("README.md", ROOT));
  const run = Deno.readTextFileSync(new URL(".ci/run", ROOT));
  const command = "npx -y deno@2.9.6 task test";
  assertEquals(
    [readme.includes(`\n${command}`), run.includes(` ${command} <`)],
    [true, true],
  );
});
