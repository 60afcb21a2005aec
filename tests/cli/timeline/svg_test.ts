import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseXml, type XmlElement } from "@rgrove/parse-xml";
import { layOut } from "../../../src/cli/timeline/layout.ts";
import { svgOf } from "../../../src/cli/timeline/svg.ts";
import type { TaskSnapshot } from "../../../src/task.ts";
import { NOON } from "../render/samples.ts";
import { many, ran } from "./samples.ts";

function svg(
  tasks: readonly TaskSnapshot[],
): { text: string; root: XmlElement } {
  const text = svgOf(layOut(tasks, NOON + 100));
  return { text, root: parseXml(text).root! };
}

function elements(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.flatMap((child) => {
    if (child.type !== "element") return [];
    const element = child as XmlElement;
    return [
      ...element.name === name ? [element] : [],
      ...elements(element, name),
    ];
  });
}

Deno.test("an SVG is one in itself: no script, nothing loaded, light and dark", () => {
  const { text, root } = svg([ran(1, [0, 10, 30])]);
  assertEquals(root.name, "svg");
  assertStringIncludes(text, "prefers-color-scheme:dark");
  const names = new Set(
    elements(root, "g").concat(root).flatMap((one) =>
      one.children.filter(({ type }) => type === "element")
        .map((child) => (child as XmlElement).name)
    ),
  );
  assertEquals([...names].sort(), ["g", "path", "style", "text", "title"]);
  assertEquals(/href|url\(|@import|\son\w+=/.test(text), false);
});

Deno.test("an SVG shows each task with its title, its times and how it ended", () => {
  const { root } = svg([
    ran(1, [0, 10, 30]),
    ran(2, [0, 40, 90], { state: "failed" }),
  ]);
  const pieces = elements(root, "path").filter((path) =>
    path.text.startsWith("#")
  );
  assertEquals(
    pieces.map((piece) => [piece.text, piece.attributes.class ?? "s"]),
    [
      ["#1 sleep · waited 10ms, ran 20ms", "s"],
      ["#2 sleep · waited 40ms, ran 50ms", "f"],
    ],
  );
});

Deno.test("an SVG escapes what tasks and groups are called", () => {
  const name = `</title><script>"&'\x1b[2J\u0000\ud800\uffff`;
  const { root } = svg([
    ran(1, [0, 0, 90], { name, group: name, args: [name] }),
  ]);
  assertEquals(elements(root, "script"), []);
  const title = elements(root, "path").map(({ text }) => text)
    .find((text) => text.startsWith("#1 "));
  assertStringIncludes(title!, `</title><script>"&'\\x1b[2J\\x00`);
});

Deno.test("an SVG of 10,000 tasks is smaller than 1 MB, however many ran at once", () => {
  for (const lanes of [1, 8, 64, 1000, 10_000]) {
    const { text, root } = svg(many(10_000, lanes));
    const { length } = new TextEncoder().encode(text);
    assert(length < 1_000_000, `${lanes}: ${length}`);
    const drawn = elements(root, "path").map(({ text }) => text)
      .filter((text) => /^#|^[\d,]+ tasks,/.test(text))
      .map((text) =>
        Number(/^([\d,]+) tasks,/.exec(text)?.[1]?.replace(",", "") ?? 1)
      );
    assertEquals(drawn.reduce((a, b) => a + b, 0), 10_000, `${lanes}`);
  }
});
