/**
 * The entry of the Worker in a child process. It imports the wire at once, while
 * the main thread still starts. Other Workers do not need the wire.
 *
 * @module
 */
import "./wire_link.ts";
import "./worker.ts";
