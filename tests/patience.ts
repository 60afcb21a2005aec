/** How long a test waits, in ms: a slow machine is faster, a hang is not. */
export const PATIENCE_MS = 60_000;
