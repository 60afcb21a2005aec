/**
 * The tasks that the prompt has by itself. A loop loads this module like any
 * other module of tasks.
 */
import { task } from "../../task_api.ts";

export { exec } from "./builtin_exec.ts";

/** Sleeps, then returns `value`. */
export async function sleep(
  seconds: number,
  value?: unknown,
): Promise<unknown> {
  await task.sleep(seconds * 1000);
  return value;
}

/** A page as {@linkcode fetch} got it. */
export interface Page {
  /** The HTTP status; a failing one is no error. */
  readonly status: number;
  /** What the server says it is. */
  readonly type: string | null;
  readonly bytes: number;
  /** Text, or the bytes themselves if it is none. */
  readonly body: string | Uint8Array;
}

/** Gets a page, and reports its progress in bytes. */
export async function fetch(url: string): Promise<Page> {
  const response = await globalThis.fetch(url);
  const type = response.headers.get("content-type");
  const body = await readBody(response);
  return {
    status: response.status,
    type,
    bytes: body.byteLength,
    body: decode(body, type) ?? body,
  };
}

async function readBody(response: Response): Promise<Uint8Array> {
  const length = Number(response.headers.get("content-length") ?? NaN);
  const encoded = response.headers.has("content-encoding");
  const total = Number.isNaN(length) || encoded ? undefined : length;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    task.progress(bytes, total, "bytes");
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
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
