import {
  type Condition,
  type Item,
  type Key,
  type Query,
  TransactionConflict,
  type Write,
} from '#core/store/item-store.ts';

const nameOf = ({ pk, sk }: Key) => JSON.stringify([pk, sk]);

const targetOf = (write: Write): Key =>
  'put' in write ? write.put : 'delete' in write ? write.delete : write.check;

/** The least that an item store can be; what it does a real one has to do. */
export class ModelStore {
  readonly #items = new Map<string, Item>();

  transact(writes: readonly Write[]): void {
    const names = writes.map((write) => nameOf(targetOf(write)));
    if (new Set(names).size < names.length) throw new Error('one item twice');
    const failed = writes.flatMap((write, i) =>
      this.#holds(write.when, names[i] ?? '') ? [] : [i],
    );
    if (failed.length > 0) throw new TransactionConflict(failed);
    for (const write of writes) {
      if ('put' in write) this.#items.set(nameOf(write.put), write.put);
      if ('delete' in write) this.#items.delete(nameOf(write.delete));
    }
  }

  query({ index, pk, after, before, order, limit }: Query): Item[] {
    const found = [...this.#items.values()].flatMap((item) => {
      const key = index === undefined ? item : item.indexes?.[index];
      return key?.pk === pk ? [{ item, at: Buffer.from(key.sk) }] : [];
    });
    const sign = order === 'ascending' ? 1 : -1;
    return found
      .filter(({ at }) => after === undefined || Buffer.compare(at, Buffer.from(after)) > 0)
      .filter(({ at }) => before === undefined || Buffer.compare(at, Buffer.from(before)) < 0)
      .sort((a, b) => sign * Buffer.compare(a.at, b.at))
      .slice(0, limit)
      .map(({ item }) => item);
  }

  #holds(condition: Condition | undefined, name: string): boolean {
    if (condition === undefined) return true;
    const value = this.#items.get(name)?.value;
    if ('absent' in condition) return value === undefined;
    return (
      value !== undefined && Object.entries(condition.equals).every(([k, v]) => value[k] === v)
    );
  }
}
