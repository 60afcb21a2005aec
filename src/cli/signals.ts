/**
 * The signals that end the program, and what it exits with then.
 *
 * @module
 */

/** 128 and the number of the signal, as a shell has it. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** A signal that ends the program. */
export type EndSignal = keyof typeof EXIT_CODES;

/** Milliseconds: one Ctrl-C may arrive twice, passed on by what started this. */
const SAME_SIGNAL = 500;

/** What the code is to exit with, if it is a signal that has ended it. */
export function exitCodeOf(reason: unknown): number | undefined {
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    if (signal === reason) return code;
  }
  return undefined;
}

/** Calls back for each signal, till it is disposed of. */
export function listen(onSignal: (signal: EndSignal) => void): Disposable {
  let heardAt = -Infinity;
  const outlivesTerminal = ignoresHangup();
  const listeners = signals().map((signal) => {
    const listener = (): void => {
      if (signal === "SIGHUP" && outlivesTerminal) return;
      if (performance.now() - heardAt < SAME_SIGNAL) return;
      heardAt = performance.now();
      onSignal(signal);
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return {
    [Symbol.dispose]: () => {
      for (const { signal, listener } of listeners) {
        Deno.removeSignalListener(signal, listener);
      }
    },
  };
}

function signals(): EndSignal[] {
  return Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGHUP", "SIGINT", "SIGTERM"];
}

/**
 * Whether this was started to outlive its terminal, by `nohup`. To listen to
 * any signal makes Deno act on this one, so it must be listened to all the
 * same. Only Linux tells.
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
