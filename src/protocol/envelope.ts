/**
 * How a batch lies in a post to a thread that takes it synchronously.
 * `receiveMessageOnPort` looks through every object and array of what it takes
 * for ports, entry by entry, the elements of a typed array too. It does not
 * look into a Map, so a batch travels in one.
 *
 * @module
 */

/** A batch, wrapped. */
export type Envelope<B> = ReadonlyMap<0, B>;

export function seal<B>(batch: B): Envelope<B> {
  return new Map([[0, batch]]);
}

/** What came as it is, was not wrapped. */
export function unseal<B>(envelope: Envelope<B> | B): B {
  return envelope instanceof Map ? envelope.get(0) : envelope as B;
}
