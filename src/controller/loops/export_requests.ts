/**
 * What a loop was asked of the exports of modules and has not answered yet.
 *
 * @module
 */
import { ProtocolViolation } from "../../protocol/check_message.ts";
import { decodeThrown } from "../../protocol/codec.ts";
import type { FromLoop } from "../../protocol/messages.ts";
import type { Connection } from "./connection.ts";

export class ExportRequests {
  readonly #connection: Connection;
  readonly #open: Map<number, PromiseWithResolvers<readonly string[]>> =
    new Map();
  #last = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Asks for the functions that a module exports. */
  ask(module: string): Promise<readonly string[]> {
    const request = ++this.#last;
    const answer = Promise.withResolvers<readonly string[]>();
    this.#open.set(request, answer);
    this.#connection.send({ type: "exports", request, module });
    return answer.promise;
  }

  /** @throws {ProtocolViolation} It was not asked for. */
  answered(message: Extract<FromLoop, { type: "exports" }>): void {
    const answer = this.#open.get(message.request);
    if (answer === undefined) {
      throw new ProtocolViolation("an answer to no question");
    }
    this.#open.delete(message.request);
    if (message.error === undefined) answer.resolve(message.names ?? []);
    else answer.reject(decodeThrown(message.error));
  }

  /** The loop is over: none will be answered any more. */
  reject(how: Error): void {
    for (const answer of this.#open.values()) answer.reject(how);
    this.#open.clear();
  }
}
