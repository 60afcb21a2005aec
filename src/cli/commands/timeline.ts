/** `timeline`: when tasks waited, ran and ended. */
import { type IdItem, parseIds } from "../language/ids.ts";
import { IDS } from "../language/kinds.ts";
import { LineError } from "../language/line.ts";
import type { Kind } from "../language/spec.ts";
import { notice, type Reply } from "../render/reply.ts";
import { selectTasks } from "../session/selection.ts";
import { counted } from "../text/amounts.ts";
import { layOut, type Timeline } from "../timeline/layout.ts";
import { pictureLines } from "../timeline/picture.ts";
import { svgOf } from "../timeline/svg.ts";
import { traceEvents, traceText } from "../timeline/trace.ts";
import { command } from "./command.ts";

const WRITERS: { readonly [ending: string]: (timeline: Timeline) => string } = {
  ".svg": svgOf,
  ".json": traceText,
};

/** A part of IDS, or the file to write. */
const IDS_OR_FILE: Kind<readonly IdItem[] | string> = {
  label: "IDS",
  parse: (word) =>
    endingOf(word.text) === undefined ? parseIds(word) : word.text,
  candidates: (known, typed) => [
    ...IDS.candidates!(known, typed),
    ...known.paths(typed),
  ],
};

export default command({
  name: "timeline",
  summary: "when tasks waited, ran and ended, by group and slot",
  args: {
    what: {
      kind: IDS_OR_FILE,
      label: "IDS… FILE.svg|FILE.json",
      optional: true,
      many: true,
    },
  },
  options: {},
  details:
    `Without a file, a picture of characters. An SVG opens in any browser; a JSON
file is a trace for https://ui.perfetto.dev.`,
  examples: ["timeline", "timeline crawl crawl.svg", "timeline trace.json"],
  async *run({ args: { what } }, { session, endOfLine }) {
    const files = what.filter((one) => typeof one === "string");
    const items = what.filter((one) => typeof one !== "string").flat();
    const [file, another] = files;
    if (another !== undefined) {
      throw new LineError("a timeline goes into one file", endOfLine);
    }
    await session.settleStarts();
    const handles = items.length === 0
      ? session.loop.list()
      : selectTasks(items, session.loop);
    if (handles.length === 0) return yield notice("no tasks");
    const tasks = handles.map((handle) => handle.snapshot());
    const timeline = layOut(tasks, Date.now());
    if (file === undefined) return yield timelineReply(timeline);
    await Deno.writeTextFile(file, WRITERS[endingOf(file)!]!(timeline));
    yield notice(`${file}: ${counted(tasks.length, "task")}`);
  },
});

function endingOf(path: string): string | undefined {
  return Object.keys(WRITERS).find((ending) => path.endsWith(ending));
}

export function timelineReply(timeline: Timeline): Reply {
  return {
    text: (style) => pictureLines(timeline, style).join("\n"),
    json: () => ({
      type: "timeline",
      from: Math.round(timeline.from),
      traceEvents: traceEvents(timeline),
    }),
  };
}
