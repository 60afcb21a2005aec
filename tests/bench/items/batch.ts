/** A task mapped over many inputs. */
import { type InsideItem, PEAK } from "../item.ts";
import { PageServer } from "../page_server.ts";
import { runCommand } from "../run_command.ts";
import { deno } from "../programs.ts";

const LANES = 64;
const WARM_UP = 1000;
const MILLION = 1_000_000;

export const mapped: InsideItem = {
  name: "map-1m",
  title: "map: a million trivial inputs, 64 at once, each result taken",
  metrics: [
    { key: "perSecond", unit: "inputs/s", better: "more" },
    PEAK,
  ],
  contestants: ["loopctl", "python", "python_executor", "p_map", "pooled_map"],
  once: ["python", "python_executor"],
  rounds: 3,
  patience: 240_000,
  long: true,
  async measure(open) {
    const session = open();
    await session.echoMapped(WARM_UP, LANES);
    const start = performance.now();
    const taken = await session.echoMapped(MILLION, LANES);
    if (taken !== MILLION) throw new Error(`${taken} taken`);
    return { perSecond: 1000 * MILLION / (performance.now() - start) };
  },
};

const PAGES = 10_000;

/** Whole programs, from start to exit. */
export const pages: InsideItem = {
  name: "map-pages",
  title: "map: 10,000 pages of a local server, 64 at once, outcomes in a file",
  metrics: [{ key: "ms", unit: "ms", better: "less" }],
  contestants: ["loopctl", "bare"],
  long: true,
  async measure(open) {
    await using server = await PageServer.start();
    const folder = await Deno.makeTempDir();
    const urls = `${folder}/urls.txt`;
    const lines = Array.from({ length: PAGES }, (_, n) => `${server.url}${n}`);
    await Deno.writeTextFile(urls, lines.join("\n"));
    const command = open().fetchPages(urls, LANES, `${folder}/out.jsonl`);
    const { ms, failed } = await runCommand(
      { command: [...deno, ...command] },
      {
        patience: 50_000,
      },
    );
    await Deno.remove(folder, { recursive: true });
    if (failed !== undefined) throw new Error(failed);
    return { ms };
  },
};

/** Half of the outcomes of a million inputs are in the file. */
export const resumed: InsideItem = {
  name: "map-resume",
  title: "map: a million inputs half done, to the first start after --resume",
  metrics: [{ key: "ms", unit: "ms", better: "less" }, {
    key: "residentMiB",
    unit: "resident MiB",
    better: "less",
  }],
  contestants: ["loopctl"],
  long: true,
  async measure() {
    const folder = await Deno.makeTempDir();
    const inputs = `${folder}/inputs.txt`;
    const out = `${folder}/out.jsonl`;
    const keys = Array.from({ length: MILLION }, (_, n) => `input ${n}`);
    await Deno.writeTextFile(inputs, keys.join("\n"));
    const done = keys.slice(0, MILLION / 2).map((key) =>
      `{"task":"knock","key":"${key}","state":"succeeded","input":"${key}",` +
      `"value":"${key}","attempt":1,"start":"2026-01-01T00:00:00.000Z",` +
      `"duration":1.5}\n`
    );
    await Deno.writeTextFile(out, done.join(""));
    const door = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const start = performance.now();
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...deno.slice(1),
        ...["../../cli.ts", "map", "knock", "workers/loopctl_tasks.ts"],
        ...[`${door.addr.port}`, "--lines", inputs, "--out", out, "--resume"],
      ],
      cwd: new URL("../", import.meta.url),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const knock = await door.accept();
    const ms = performance.now() - start;
    const status = await Deno.readTextFile(`/proc/${child.pid}/status`);
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    child.kill("SIGKILL");
    await child.status;
    knock.close();
    door.close();
    await Deno.remove(folder, { recursive: true });
    return { ms, residentMiB: Number(kib) / 1024 };
  },
};
