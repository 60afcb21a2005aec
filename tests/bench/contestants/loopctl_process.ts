import { runOneTask } from "../session.ts";
import { openProcess as open } from "./loopctl.ts";

export { open };

if (import.meta.main) await runOneTask(open);
