/** The work, the same for every contestant in JavaScript. */

let active = 0;

export function echo(value: unknown): Promise<unknown> {
  return Promise.resolve(value);
}

export async function sleep(ms: number): Promise<void> {
  active++;
  try {
    await new Promise((resolve) => setTimeout(resolve, ms));
  } finally {
    active--;
  }
}

/** As `sleep`, but ends as soon as `signal` aborts. */
export async function sleepUntilAborted(
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  active++;
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      }, { once: true });
    });
  } finally {
    active--;
  }
}

/** How many of the sleepers have not ended. */
export function countActive(): Promise<number> {
  return Promise.resolve(active);
}

export function sizeOf(bytes: Uint8Array): Promise<number> {
  return Promise.resolve(bytes.byteLength);
}
