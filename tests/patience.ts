/** How long a test waits, in ms: a slow machine is faster, a hang is not. */
export const PATIENCE_MS = 60_000;

/** So long a test may take in all. */
export const MAX_TEST_MS = 5 * PATIENCE_MS;
