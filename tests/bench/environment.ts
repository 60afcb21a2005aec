/** Where and when a report was made. */
import { python } from "./programs.ts";

export interface Environment {
  readonly date: string;
  readonly system: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly deno: string;
  readonly v8: string;
  readonly python: string | undefined;
}

export function environment(): Environment {
  const { os, arch } = Deno.build;
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC",
    system: `${os} ${Deno.osRelease()} ${arch}`,
    processor: processor(),
    processors: navigator.hardwareConcurrency,
    memoryGiB: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    python: pythonVersion(),
  };
}

function processor(): string {
  try {
    const info = Deno.readTextFileSync("/proc/cpuinfo");
    return /^model name\s*:\s*(.*)$/m.exec(info)?.[1] ?? "unknown";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "unknown";
    throw error;
  }
}

function pythonVersion(): string | undefined {
  const [program] = python;
  if (program === undefined) return undefined;
  const { stdout } = new Deno.Command(program, { args: ["--version"] })
    .outputSync();
  return new TextDecoder().decode(stdout).trim().replace("Python ", "");
}

/** Whether runs can be kept on one processor here. */
export function canPin(): boolean {
  try {
    return new Deno.Command("taskset", { args: ["-c", "0", "true"] })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
