/**
 * A doubly linked list whose members hold their own links, so that removing any
 * member takes constant time.
 *
 * @module
 */

/** A member. It can be in one list at a time. */
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

  /** Removes a member, which must be in this list. */
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

  /** Yields the members in order. The caller may remove the yielded one. */
  *[Symbol.iterator](): Generator<N> {
    let node = this.first;
    while (node !== undefined) {
      const next: N | undefined = node.next;
      yield node;
      node = next;
    }
  }
}
