import type { ItemStore, Key, Write } from '#core/store/item-store.ts';

interface Eyes {
  /** Told of each transaction before it is made; what this throws comes out of the store. */
  readonly writes?: (writes: readonly Write[]) => void | Promise<void>;
  /** Told of each item that is asked for alone. */
  readonly reads?: (key: Key) => void | Promise<void>;
}

/** The store as it is, with somebody who looks on. */
export const watched = (store: ItemStore, eyes: Eyes): ItemStore => ({
  get: async (key) => {
    await eyes.reads?.(key);
    return store.get(key);
  },
  getMany: (keys) => store.getMany(keys),
  query: (query) => store.query(query),
  queryKeys: (query) => store.queryKeys(query),
  transact: async (writes) => {
    await eyes.writes?.(writes);
    await store.transact(writes);
  },
});
