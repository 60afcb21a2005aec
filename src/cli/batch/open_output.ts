/** Opens what a batch writes to, and takes in what it holds already. */
import { cutTornLine, type Keys, readEarlier } from "./earlier.ts";
import { formatOf } from "./outcome_line.ts";
import { fileWriter, Output, STDOUT } from "./output.ts";

export interface OpenOptions {
  /** Whether to go on with what earlier runs have written. */
  readonly resume: boolean;
  readonly sync: boolean;
}

export interface Opened {
  /** What became of a torn last line, if there was one. */
  readonly note: string | undefined;
  readonly output: (onFailure: (error: Error) => void) => Output;
  readonly close: () => void;
}

/**
 * Opens a file, or stdout for `-`. The outcomes of earlier runs go into `keys`.
 *
 * @throws {TypeError} The file is no output of this task, or is in use.
 */
export async function openOutput(
  path: string,
  task: string,
  keys: Keys,
  { resume, sync }: OpenOptions,
): Promise<Opened> {
  const format = await formatOf(path);
  if (path === "-") {
    return {
      note: undefined,
      output: (onFailure) => new Output(STDOUT, format, "", onFailure),
      close: () => {},
    };
  }
  const file = await Deno.open(path, {
    read: true,
    append: true,
    create: true,
  });
  try {
    const { size, isFile } = await file.stat();
    if (isFile && !await file.tryLock(true)) {
      throw new TypeError(`${path} is in use: another batch writes to it`);
    }
    if (size > 0 && !resume) {
      throw new TypeError(
        `${path} is not empty; --resume goes on with what it holds`,
      );
    }
    const cut = size === 0 ? 0 : await cutTornLine(file);
    if (size > cut) await readEarlier(path, format, task, keys);
    const first = size === cut ? format.header : "";
    return {
      note: cut === 0
        ? undefined
        : `${path}: cut off a last line that was not whole (${cut} bytes)`,
      output: (onFailure) =>
        new Output(fileWriter(path, file, sync), format, first, onFailure),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}
