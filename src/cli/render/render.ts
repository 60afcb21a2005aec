/**
 * A reply → what is written: text for a person, or JSON.
 *
 * @module
 */
import { renderJson } from "./render_json.ts";
import { renderText } from "./render_text.ts";
import type { Reply } from "./reply.ts";
import type { Style } from "../text/style.ts";

/** How replies are to look. */
export type Look = Style | "json";

/** The bytes to write in place of all that, if they are asked for raw. */
export function rawOf(reply: Reply): Uint8Array | undefined {
  if (reply.type !== "result" || !reply.raw) return undefined;
  return reply.value instanceof Uint8Array
    ? reply.value
    : new TextEncoder().encode(String(reply.value));
}

/** The reply as whole lines. */
export function render(reply: Reply, look: Look): string {
  return look === "json" ? renderJson(reply) : renderText(reply, look);
}
