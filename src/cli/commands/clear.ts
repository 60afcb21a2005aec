/** `clear`: clears the screen. */
import { notice } from "../render/reply.ts";
import { command } from "./command.ts";

export default command({
  name: "clear",
  summary: "clear the screen, as Ctrl-L does",
  args: {},
  options: {},
  run(_, { screen }) {
    if (screen === undefined) return [notice("there is no screen to clear")];
    screen.clear();
    return [];
  },
});
