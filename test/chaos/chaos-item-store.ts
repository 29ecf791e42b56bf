import type { Item, ItemStore, Key, Query, Write } from '#core/store/item-store.ts';
import type { Faults } from './faults.ts';
import { LaggingIndexes } from './lagging-indexes.ts';

const readOdds = { unreached: 0.01 };
const writeOdds = { unreached: 0.02, unanswered: 0.02 };

/** A store behind a network, whose indexes are up to date eventually, from an empty store on. */
export class ChaosItemStore implements ItemStore {
  readonly #store: ItemStore;
  readonly #faults: Faults;
  readonly #indexes: LaggingIndexes;

  constructor(store: ItemStore, faults: Faults) {
    this.#store = store;
    this.#faults = faults;
    this.#indexes = new LaggingIndexes(faults);
  }

  get(key: Key): Promise<Item | undefined> {
    return this.#faults.call(() => this.#store.get(key), readOdds);
  }

  getMany(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    return this.#faults.call(() => this.#store.getMany(keys), readOdds);
  }

  query(query: Query): Promise<Item[]> {
    const ask = async () =>
      query.index ? this.#indexes.query(query) : await this.#store.query(query);
    return this.#faults.call(ask, readOdds);
  }

  async queryKeys(query: Query): Promise<Key[]> {
    const { index } = query;
    if (index === undefined) return this.#faults.call(() => this.#store.queryKeys(query), readOdds);
    return (await this.query(query)).flatMap((item) => item.indexes?.[index] ?? []);
  }

  transact(writes: readonly Write[]): Promise<void> {
    const write = async () => {
      await this.#store.transact(writes);
      this.#indexes.written(writes);
    };
    return this.#faults.call(write, writeOdds);
  }
}
