/**
 * What is wrong with the options of the command line.
 *
 * @module
 */

/** An option is wrong; the message names it. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}
