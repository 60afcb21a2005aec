/** `follow`: `logs --follow`. */
import { IDS } from "../language/kinds.ts";
import { command } from "./command.ts";
import logs from "./logs.ts";

export default command({
  name: "follow",
  summary: "what tasks write with console, until they end; Ctrl-C leaves",
  args: { ids: { kind: IDS, many: true } },
  options: {},
  run: (parsed, context) =>
    logs.run({ ...parsed, options: { follow: true } }, context),
});
