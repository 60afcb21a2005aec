/**
 * Waiting for what may never come.
 *
 * @module
 */

/**
 * Resolves to whether `event` comes within so many milliseconds. It keeps the
 * program alive meanwhile, which the event may not.
 */
export async function within(
  event: Promise<void>,
  ms: number,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([event.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
