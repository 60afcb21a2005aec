/** Bytes → lines. */

const BLOCK = 1_000_000;

/** The bytes of a file, in blocks: reading them at once is what takes no time. */
export function* readBlocks(path: string): Generator<Uint8Array<ArrayBuffer>> {
  using file = Deno.openSync(path);
  for (;;) {
    const block = new Uint8Array(BLOCK);
    const length = file.readSync(block);
    if (length === null) return;
    yield block.subarray(0, length);
  }
}

/**
 * The lines in bytes, as many at a time as a chunk of the bytes ends. The last
 * line need not end with a newline.
 *
 * @throws {TypeError} The bytes are not UTF-8.
 */
export async function* readLines(
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[], void, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    // Splitting what has no newline would copy a long line again and again.
    if (!text.includes("\n")) {
      rest += text;
      continue;
    }
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield [rest];
}
