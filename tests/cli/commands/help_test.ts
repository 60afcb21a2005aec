import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { groupReply } from "../../../src/cli/commands/gather.ts";
import {
  dayReply,
  helpReply,
  loadTopics,
  topicReply,
} from "../../../src/cli/commands/help.ts";
import { COMMANDS } from "../../../src/cli/commands/execute.ts";
import { flagOf } from "../../../src/cli/language/spec.ts";
import { displayWidth } from "../../../src/cli/text/width.ts";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";
import { NARROW, snapshot, text } from "../render/samples.ts";

Deno.test("help explains a command, an alias, a built-in, and guesses", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertMatch(await prompt.says("help ps"), /^poll \[IDS …\]\n.*also: ps/);
  assertMatch(await prompt.says("help sleep"), /^sleep SECONDS \[VALUE\]/);
  assertEquals(
    await prompt.says("help sumbit"),
    `error: no command "sumbit"; did you mean submit?`,
  );
});

Deno.test("render explains every command and its options", async () => {
  const topics = await loadTopics(COMMANDS);
  const help = text(helpReply(topics));
  for (const topic of topics) {
    assertStringIncludes(help, `  ${topic.name}`);
    const detail = text(topicReply(topic));
    for (const [key, { help }] of Object.entries(topic.options)) {
      assertStringIncludes(detail, flagOf(key));
      assertStringIncludes(detail, help);
    }
  }
});

Deno.test("render breaks explanations and long lists at words, in any window", async () => {
  const members = Array.from({ length: 20 }, (_, n) => snapshot({ id: n + 1 }));
  const topics = await loadTopics(COMMANDS);
  const replies = [
    helpReply(topics),
    ...topics.map(topicReply),
    groupReply("naps", members),
  ];
  const examples = topics.flatMap(({ examples = [] }) => examples);
  for (const width of [40, 60, 80, 100]) {
    for (const reply of replies) {
      const lines = text(reply, { ...NARROW, width }).trimEnd().split("\n");
      const long = lines.filter((line) =>
        displayWidth(line) > width && !examples.includes(line.trim())
      );
      assertEquals(long, []);
      assertEquals(
        lines.join(" ").replaceAll(/\s+/g, " ").trim(),
        text(reply).replaceAll(/\s+/g, " ").trim(),
      );
    }
  }
});

Deno.test("help shows ten commands, on a screen of 80 columns and 24 rows", async () => {
  const topics = await loadTopics(COMMANDS);
  const lines = text(dayReply(topics), { ...NARROW, width: 80 }).trimEnd()
    .split("\n");
  assertEquals(lines.indexOf(""), 10, lines.join("\n"));
  // The prompt needs a row.
  assertEquals(lines.length <= 23, true, lines.join("\n"));
  assertEquals(lines.filter((line) => displayWidth(line) > 80), []);
});
