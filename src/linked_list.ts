/**
 * A doubly linked list whose members carry their own links, so that taking one
 * out of the middle costs the same as taking the first.
 *
 * @module
 */

/** The links of a member; it is in one list at a time at most. */
export interface Linked<N> {
  previous: N | undefined;
  next: N | undefined;
}

export class LinkedList<N extends Linked<N>> {
  first: N | undefined;
  #last: N | undefined;
  size = 0;

  append(node: N): void {
    node.previous = this.#last;
    node.next = undefined;
    if (this.#last === undefined) this.first = node;
    else this.#last.next = node;
    this.#last = node;
    this.size++;
  }

  /** Takes out a member. It must be in this list. */
  remove(node: N): void {
    const { previous, next } = node;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    node.previous = undefined;
    node.next = undefined;
    this.size--;
  }

  /** Yields the members in order; the one just yielded may be removed. */
  *[Symbol.iterator](): Generator<N> {
    let node = this.first;
    while (node !== undefined) {
      const next: N | undefined = node.next;
      yield node;
      node = next;
    }
  }
}
