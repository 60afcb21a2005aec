/**
 * Waiting for what may never come.
 *
 * @module
 */
import { Alarm, type Timers } from "../../timers.ts";

/**
 * Tells whether `event` comes within so many milliseconds. It keeps the program
 * alive meanwhile, which the event may not.
 */
export function within(
  timers: Timers,
  event: Promise<void>,
  ms: number,
  tell: (came: boolean) => void,
): void {
  const late = new Alarm(() => tell(false));
  timers.start(late, ms);
  event.then(() => {
    timers.stop(late);
    tell(true);
  });
}
