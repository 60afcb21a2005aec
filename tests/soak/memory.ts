/** Memory of this process, and of a loop in a process of its own. */

/** In MiB, after all that can be freed has been. */
export interface MemoryUse {
  readonly residentMb: number;
  readonly heapMb: number;
}

export async function measure(): Promise<MemoryUse> {
  // Finalizers run in turns of their own.
  for (let turn = 0; turn < 3; turn++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { rss, heapUsed } = Deno.memoryUsage();
  return { residentMb: rss / 2 ** 20, heapMb: heapUsed / 2 ** 20 };
}

/** The resident memory of another process, in MiB. */
export function residentMbOf(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1]) / 1024;
}
