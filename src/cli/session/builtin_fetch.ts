/** The built-in task `fetch`: a request over HTTP, with the options of curl. */
import { task } from "../../task_api.ts";

/** The options of {@linkcode fetch}. */
export interface FetchOptions {
  /** The default is GET, or POST with `data`. */
  readonly method?: string;
  /** Each is `Name: value`. */
  readonly header?: readonly string[];
  /** The body; `@FILE` is the content of a file. */
  readonly data?: string;
  /** A status of 400 and more is no error. */
  readonly noFail?: boolean;
  /** The body goes to this file, once it has arrived whole. */
  readonly output?: string;
  /** A larger body is an error. */
  readonly maxBytes?: number;
}

/** What {@linkcode fetch} got. */
export interface Page {
  /** The HTTP status. */
  readonly status: number;
  /** What the server says it is. */
  readonly type: string | null;
  readonly bytes: number;
  /** Text, or the bytes themselves if it is none. */
  readonly body?: string | Uint8Array;
  /** The file that has the body. */
  readonly file?: string;
}

/** The status was 400 or more. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly url: string;
  /** The beginning of the body, as text. */
  readonly body: string;
  readonly #retryAfter: number | undefined;

  constructor(response: Response, body: string) {
    const { status, statusText, url, headers } = response;
    super(`${`${status} ${statusText}`.trimEnd()} from ${url}`);
    this.status = status;
    this.url = url;
    this.body = body;
    this.#retryAfter = TRANSIENT.has(status)
      ? retryAfterMs(headers.get("retry-after"))
      : Infinity;
    // Where in this file it is thrown tells nobody anything.
    this.stack = `${this.name}: ${this.message}`;
  }

  /** For the option `retry`: milliseconds; `Infinity` if it would be no use. */
  get retryAfter(): number | undefined {
    return this.#retryAfter;
  }
}

/** The statuses that `curl --retry` tries again. */
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);

/** `Retry-After` is a number of seconds, or a date. */
function retryAfterMs(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

const MAX_ERROR_BYTES = 10_000;

/**
 * Makes a request; the progress is in bytes.
 *
 * @throws {HttpError} The status is 400 or more.
 */
export async function fetch(
  url: string,
  options: FetchOptions = {},
): Promise<Page> {
  const { noFail = false, output, maxBytes = Infinity } = options;
  const response = await globalThis.fetch(url, await requestOf(options));
  const { status, headers } = response;
  if (status >= 400 && !noFail) {
    throw new HttpError(response, await beginningOf(response));
  }
  const chunks = countedChunks(response, maxBytes);
  const type = headers.get("content-type");
  if (output !== undefined) {
    return { status, type, bytes: await save(chunks, output), file: output };
  }
  const blob = new Blob(await Array.fromAsync(chunks));
  const body = new Uint8Array(await blob.arrayBuffer());
  const bytes = body.byteLength;
  return { status, type, bytes, body: decode(body, type) ?? body };
}

async function requestOf(
  { method, header = [], data }: FetchOptions,
): Promise<RequestInit> {
  const headers = new Headers();
  for (const line of header) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  if (data === undefined) return { headers, method: method ?? "GET" };
  if (!headers.has("content-type")) {
    headers.set("content-type", "application/x-www-form-urlencoded");
  }
  const body = data.startsWith("@") ? await Deno.readFile(data.slice(1)) : data;
  return { headers, method: method ?? "POST", body };
}

/** The body, with its progress reported. */
async function* countedChunks(
  { body, headers }: Response,
  maxBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const length = Number(headers.get("content-length") ?? NaN);
  const encoded = headers.has("content-encoding");
  const total = Number.isNaN(length) || encoded ? undefined : length;
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (Math.max(total ?? 0, bytes) > maxBytes) {
      throw new RangeError(`the body is larger than ${maxBytes} bytes`);
    }
    task.progress(bytes, total, "bytes");
    yield chunk;
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let left = MAX_ERROR_BYTES;
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.byteLength;
    if (left <= 0) break;
  }
  return text;
}

/** Writes a file that appears, or changes, only when it is whole. */
async function save(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): Promise<number> {
  const found = await Deno.stat(path).catch(() => undefined);
  // A device or a pipe is written to, and not replaced by a file.
  const direct = found !== undefined && !found.isFile;
  const target = found?.isFile ? await Deno.realPath(path) : path;
  const partial = direct ? path : `${target}.${crypto.randomUUID()}.part`;
  let bytes = 0;
  try {
    using file = await Deno.open(partial, { write: true, createNew: !direct });
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength;) {
        at += await file.write(chunk.subarray(at));
      }
      bytes += chunk.byteLength;
    }
    if (!direct) await Deno.rename(partial, target);
  } catch (error) {
    if (!direct) await Deno.remove(partial).catch(() => {});
    throw error;
  }
  return bytes;
}

const TEXT = /^text\/|[/+](json|xml|javascript|x-www-form-urlencoded)\b/i;

function decode(body: Uint8Array, type: string | null): string | undefined {
  if (type !== null && !TEXT.test(type)) return undefined;
  const charset = /;\s*charset="?([^";\s]+)/i.exec(type ?? "")?.[1];
  try {
    return new TextDecoder(charset ?? "utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
