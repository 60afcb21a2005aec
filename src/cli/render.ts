/**
 * A reply → what is written: text for a person, or JSON.
 *
 * @module
 */
import { renderJson } from "./render_json.ts";
import { renderText } from "./render_text.ts";
import type { Reply } from "./reply.ts";
import type { Style } from "./style.ts";

/** How replies are to look. */
export type Look = Style | "json";

/** The reply as whole lines. */
export function render(reply: Reply, look: Look): string {
  return look === "json" ? renderJson(reply) : renderText(reply, look);
}
