/** The signals that end the program, and its exit codes. */

/** 128 and the number of the signal, as in a shell. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type EndSignal = keyof typeof EXIT_CODES;

/** One Ctrl-C may arrive twice within this time, passed on by a parent. */
const SAME_SIGNAL_MS = 500;

export function exitCodeOf(reason: unknown): number | undefined {
  return Object.entries(EXIT_CODES).find(([name]) => name === reason)?.[1];
}

/** Calls back for each signal, until disposed. */
export function listen(onSignal: (signal: EndSignal) => void): Disposable {
  let heardAt = -Infinity;
  const outlivesTerminal = ignoresHangup();
  const stack = new DisposableStack();
  for (const signal of SIGNALS) {
    const listener = (): void => {
      if (signal === "SIGHUP" && outlivesTerminal) return;
      if (performance.now() - heardAt < SAME_SIGNAL_MS) return;
      heardAt = performance.now();
      onSignal(signal);
    };
    Deno.addSignalListener(signal, listener);
    stack.defer(() => Deno.removeSignalListener(signal, listener));
  }
  return stack;
}

const SIGNALS = Deno.build.os === "windows"
  ? ["SIGINT"] as const
  : ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * Whether the program was started by `nohup`, to outlive its terminal. Deno acts
 * on SIGHUP as soon as the program listens to any signal, so there is a listener
 * in that case too. Only Linux says which signals are ignored.
 */
function ignoresHangup(): boolean {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
    return (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
