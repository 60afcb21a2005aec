/** What was typed in earlier sessions: a file in the user's state folder. */
import { dirname, isAbsolute, join } from "node:path";

/** How many inputs are kept. */
const MAX_ENTRIES = 1000;

/** The file is cut to `MAX_ENTRIES` once it has more lines than this. */
const MAX_LINES = 2 * MAX_ENTRIES;

/**
 * Where the history is kept; undefined where there is no such place, or loopctl
 * was not given the permissions to use it.
 */
export function historyPath(): string | undefined {
  const { os } = Deno.build;
  const home = variable("HOME");
  const state = os === "windows"
    ? variable("LOCALAPPDATA")
    : variable("XDG_STATE_HOME") ?? (home && join(
      home,
      os === "darwin" ? "Library/Application Support" : ".local/state",
    ));
  // The standard has a path that is not absolute ignored.
  if (state === undefined || !isAbsolute(state)) return undefined;
  const path = join(state, "loopctl", "history");
  const allowed = (["read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name, path: state }).state === "granted"
  );
  return allowed ? path : undefined;
}

function variable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) || undefined : undefined;
}

/**
 * The inputs that were typed, the latest first. In the file each is a line, a
 * JSON string; several prompts add to the file.
 */
export class History {
  readonly entries: string[] = [];
  readonly maxEntries: number = MAX_ENTRIES;
  #path: string | undefined;
  readonly #onFault: (message: string) => void;

  /** `onFault` is told once if the file can't be used; no `path` keeps no file. */
  constructor(
    path: string | undefined,
    onFault: (message: string) => void = () => {},
  ) {
    this.#path = path;
    this.#onFault = onFault;
    this.#use((file) => {
      const lines = linesOf(file);
      if (lines.length > MAX_LINES) {
        lines.splice(0, lines.length - MAX_ENTRIES);
        const bytes = new TextEncoder().encode(`${lines.join("\n")}\n`);
        file.truncateSync();
        file.seekSync(0, Deno.SeekMode.Start);
        for (let at = 0; at < bytes.length;) {
          at += file.writeSync(bytes.subarray(at));
        }
      }
      const inputs = lines.flatMap(parseEntry).reverse();
      this.entries.push(...new Set(inputs));
      this.entries.length = Math.min(this.entries.length, MAX_ENTRIES);
    });
  }

  /** Adds the latest entry to the file. */
  save(): void {
    const [entry] = this.entries;
    if (entry === undefined) return;
    const line = new TextEncoder().encode(`${JSON.stringify(entry)}\n`);
    this.#use((file) => {
      file.seekSync(0, Deno.SeekMode.End);
      for (let at = 0; at < line.length;) {
        at += file.writeSync(line.subarray(at));
      }
    });
  }

  /** Calls back with the file, which no other prompt uses meanwhile. */
  #use(work: (file: Deno.FsFile) => void): void {
    if (this.#path === undefined) return;
    try {
      Deno.mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      const options = { read: true, write: true, create: true, mode: 0o600 };
      using file = Deno.openSync(this.#path, options);
      file.lockSync(true);
      work(file);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#onFault(`the history of this session is not kept: ${why}`);
      this.#path = undefined;
    }
  }
}

function linesOf(file: Deno.FsFile): string[] {
  const bytes = new Uint8Array(file.statSync().size);
  let length = 0;
  for (let read; (read = file.readSync(bytes.subarray(length))) !== null;) {
    if (read === 0) break;
    length += read;
  }
  return new TextDecoder().decode(bytes.subarray(0, length)).split("\n")
    .filter((line) => line !== "");
}

/** None of a line that is no entry: the file may have been edited. */
function parseEntry(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "string" ? [entry] : [];
  } catch {
    return [];
  }
}
