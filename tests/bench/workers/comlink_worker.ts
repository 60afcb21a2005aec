// deno-lint-ignore-file no-import-prefix -- a peer of the benchmark is no
// dependency of the package.
import { expose } from "npm:comlink@4.4.2";
import * as tasks from "../tasks.ts";

expose({ ...tasks });
