/** A stream of bytes → lines. */

/**
 * The lines of a stream, as many at a time as a chunk of the stream ends. The
 * last line need not end with a newline.
 *
 * @throws {TypeError} The bytes are not UTF-8.
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[], void, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const chunk of stream) {
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
