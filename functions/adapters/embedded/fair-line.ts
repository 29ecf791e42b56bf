interface Queue<T> {
  items: T[];
  next: number;
}

/** Many queues, one for each group, that are served in turn. */
export class FairLine<T> {
  /** The group whose turn it is comes first. */
  readonly #queues = new Map<string, Queue<T>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(group: string, item: T): void {
    const queue = this.#queues.get(group);
    if (queue) queue.items.push(item);
    else this.#queues.set(group, { items: [item], next: 0 });
    this.#length += 1;
  }

  shift(): T | undefined {
    const [first] = this.#queues;
    if (first === undefined) return undefined;
    const [group, queue] = first;
    const item = queue.items[queue.next];
    queue.next += 1;
    this.#length -= 1;
    this.#queues.delete(group);
    if (queue.next < queue.items.length) this.#queues.set(group, trimmed(queue));
    return item;
  }
}

/** Array.shift of a long array moves all of it. */
function trimmed<T>({ items, next }: Queue<T>): Queue<T> {
  return next > 1024 && next * 2 > items.length
    ? { items: items.slice(next), next: 0 }
    : { items, next };
}
