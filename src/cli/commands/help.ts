/** `help`: explains the commands. */
import type { Word } from "../language/lexer.ts";
import { LineError } from "../language/line.ts";
import {
  type Commands,
  type Described,
  flagOf,
  flagsOf,
  type Kind,
  labelOf,
  SHARED,
  usageOf,
} from "../language/spec.ts";
import type { Json } from "../render/json_value.ts";
import type { Reply } from "../render/reply.ts";
import { BUILTIN_TASKS } from "../session/builtins.ts";
import { didYouMean } from "../text/nearest.ts";
import { paint, type Style } from "../text/style.ts";
import { padEnd, wrap } from "../text/width.ts";
import { command } from "./command.ts";

const BUILTIN_NAMES = BUILTIN_TASKS.map(({ name }) => name);

const COMMAND: Kind<Word> = {
  label: "COMMAND",
  parse: (word) => word,
  candidates: ({ commands }) => ["all", ...commands.names, ...BUILTIN_NAMES],
};

export default command({
  name: "help",
  summary: "the commands of a day, all of them, or one in detail",
  args: { command: { kind: COMMAND, optional: true } },
  options: {},
  async *run({ args: { command: word } }, { commands }) {
    const topics = await loadTopics(commands);
    if (word === undefined) return yield dayReply(topics);
    if (word.text === "all") return yield helpReply(topics);
    const topic = [...topics, ...BUILTIN_TOPICS].find(({ name, aliases }) =>
      name === word.text || aliases.includes(word.text)
    );
    if (topic === undefined) {
      const names = [...commands.names, ...BUILTIN_NAMES];
      throw new LineError(
        `no command "${word.text}"${didYouMean(word.text, names)}`,
        word,
      );
    }
    yield topicReply(topic);
  },
});

/** What can be explained: a command, or a built-in task. */
export interface Topic extends Described {
  readonly aliases: readonly string[];
}

export const BUILTIN_TOPICS: readonly Topic[] = BUILTIN_TASKS
  .map((task) => ({ ...task, aliases: [] }));

export async function loadTopics(
  { names, load }: Commands<Described>,
): Promise<Topic[]> {
  const aliases = new Map<Described, string[]>();
  for (const name of names) {
    const command = await load(name);
    if (command === undefined) continue;
    const others = aliases.get(command) ?? [];
    aliases.set(command, others);
    if (name !== command.name) others.push(name);
  }
  return Array.from(aliases, ([command, aliases]) => ({ ...command, aliases }));
}

/** The commands of a day's work. */
const DAY = [
  ...["submit", "run", "use", "poll", "watch"],
  ...["wait", "result", "logs", "cancel", "collect"],
];

/** What fits on a screen of 80 columns and 24 rows. */
export function dayReply(topics: readonly Topic[]): Reply {
  const rows = DAY.flatMap((name) =>
    topics.filter((topic) => topic.name === name)
      .map((topic) => [usageOf(topic), topic.summary] as const)
  );
  return {
    text: (style) =>
      [
        ...columns(rows, style),
        "",
        ...columns([...ARGUMENTS, ...KEYS], style),
        "",
        ...wrap(
          `"help COMMAND" shows options and examples, "help all" all ` +
            `${topics.length} commands and the built-in tasks.`,
          style.width,
        ).map((line) => paint(line, "dim", style)),
      ].join("\n"),
    json: () => ({ type: "help", commands: topics.map(topicFields) }),
  };
}

const KEYS: readonly (readonly [string, string])[] = [
  ["Tab", "completes; Up finds what began alike, Ctrl-R what was typed"],
  ["Ctrl-C", "leaves a command, drops a line; Ctrl-D ends loopctl"],
];

export function helpReply(topics: readonly Topic[]): Reply {
  return {
    text: (style) => {
      const section = (topics: readonly Topic[]): string[] =>
        columns(topics.map((one) => [usageOf(one), summaryOf(one)]), style);
      return [
        ...section(topics),
        "",
        "Built-in tasks",
        ...section(BUILTIN_TOPICS),
        "",
        "Arguments",
        ...columns(ARGUMENTS, style),
        "",
        "After any command but run and !",
        ...columns(ENDINGS, style),
        "",
        paint(`"help COMMAND" shows its options.`, "dim", style),
      ].join("\n");
    },
    json: () => ({ type: "help", commands: topics.map(topicFields) }),
  };
}

export function topicReply(topic: Topic): Reply {
  return {
    text: (style) => topicText(topic, style),
    json: () => ({ type: "help", commands: [topicFields(topic)] }),
  };
}

const ARGUMENTS: readonly (readonly [string, string])[] = [
  [
    "IDS",
    "3, #3, 1-4, 1,3, 3.1 (a child), the name of a task or group, na*, all, queued, running, done, succeeded, failed, cancelled",
  ],
  ["D", "500ms, 3s, 2m, 1h, 1m30s; a bare number is seconds"],
  ["TIME", "14:30, 2031-05-01T14:30, or a D from now"],
];

const ENDINGS: readonly (readonly [string, string])[] = [
  ["> FILE, >> FILE", "write the replies there, values as lines of JSON"],
  ["| COMMAND", "give them to a command of the shell, as in: result 7 | jq ."],
  ...Object.entries(SHARED)
    .map(([key, { help }]) => [flagOf(key), help] as const),
];

function topicText(topic: Topic, style: Style): string {
  const { options, details, examples = [] } = topic;
  const section = (lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ["", ...lines];
  const optionRows = Object.entries(options).map(([key, option]) =>
    [
      `${flagsOf(key, option)} ${labelOf(option)}`.trimEnd(),
      option.help,
    ] as const
  );
  const detailLines = details?.split("\n") ?? [];
  return [
    paint(usageOf(topic), "bold", style),
    ...wrap(summaryOf(topic), style.width),
    ...section(columns(optionRows, style)),
    ...section(detailLines.flatMap((line) => wrap(line, style.width))),
    ...section(examples.map((example) => `  ${example}`)),
  ].join("\n");
}

function topicFields(topic: Topic): Json {
  const { name, aliases, summary, options, details, examples } = topic;
  return {
    name,
    aliases,
    usage: usageOf(topic),
    summary,
    options: Object.entries(options).map(([key, option]) => ({
      flag: flagOf(key),
      label: labelOf(option) || null,
      help: option.help,
    })),
    details: details ?? null,
    examples: examples ?? [],
  };
}

function summaryOf({ summary, aliases }: Topic): string {
  return aliases.length === 0
    ? summary
    : `${summary}; also: ${aliases.join(", ")}`;
}

const MARGIN = "  ";

/** A narrower column of explanations goes below what it explains. */
const MIN_COLUMNS = 24;

function columns(
  rows: readonly (readonly [string, string])[],
  style: Style,
): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  const beside = width + 2 * MARGIN.length;
  const below = style.width - beside < MIN_COLUMNS;
  const indent = " ".repeat(below ? 3 * MARGIN.length : beside);
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, style.width - indent.length)
      .map((line) => paint(line, "dim", style));
    if (below) return [MARGIN + left, ...lines.map((line) => indent + line)];
    const [first = "", ...rest] = lines;
    return [
      MARGIN + padEnd(left, width) + MARGIN + first,
      ...rest.map((line) => indent + line),
    ];
  });
}
