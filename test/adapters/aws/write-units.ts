import { sizeOf, toAttributes } from '#adapters/aws/dynamo-item.ts';
import { keyOf } from '#adapters/transaction-limits.ts';
import { type Item, type ItemStore, indexNames, type Write } from '#core/store/item-store.ts';

interface Written {
  readonly units: number;
  readonly indexes: NonNullable<Item['indexes']>;
}

const nothing: Written = { units: 1, indexes: {} };
const unitBytes = 1024;

/** Counts what a table on demand would bill: a unit for each KB, double in a transaction. */
export class WriteUnits {
  total = 0;
  readonly #written = new Map<string, Written>();

  /** A store that is counted. */
  of = (store: ItemStore): ItemStore => ({
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    query: (query) => store.query(query),
    queryKeys: (query) => store.queryKeys(query),
    transact: async (writes) => {
      await store.transact(writes);
      const isTransaction = writes.length > 1 || writes.some(({ when }) => when !== undefined);
      for (const write of writes) this.#count(write, isTransaction ? 2 : 1);
    },
  });

  #count(write: Write, factor: number): void {
    const name = JSON.stringify(keyOf(write));
    const before = this.#written.get(name) ?? nothing;
    const after = 'put' in write ? toWritten(write.put) : nothing;
    this.total += factor * Math.max(before.units, after.units);
    // An entry that moves is deleted and written; one that stays costs nothing, as it has no values.
    for (const index of indexNames) {
      const [from, to] = [before.indexes[index], after.indexes[index]];
      if (from?.pk !== to?.pk || from?.sk !== to?.sk) this.total += (from ? 1 : 0) + (to ? 1 : 0);
    }
    this.#written.set(name, after);
  }
}

const toWritten = (item: Item): Written => ({
  units: Math.ceil(sizeOf(toAttributes(item)) / unitBytes),
  indexes: item.indexes ?? {},
});
