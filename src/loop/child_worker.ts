/**
 * The entry of the Worker in a child process. What a loop there needs besides
 * is loaded while its main thread starts, not when that says so.
 *
 * @module
 */
import "./wire_link.ts";
import "./worker.ts";
