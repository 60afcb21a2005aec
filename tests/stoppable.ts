/** In a task: settles as `work` does, or rejects as soon as `signal` aborts. */
export async function stoppable<T>(
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => stopped.reject(signal.reason));
  return await Promise.race([work, stopped.promise]);
}
