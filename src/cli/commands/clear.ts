/** `clear`: clears the screen. */
import { command } from "./command.ts";

export default command({
  name: "clear",
  summary: "clear the screen, as Ctrl-L does",
  args: {},
  options: {},
  run(_, { screen }) {
    screen?.clear();
    return [];
  },
});
