import { randomUUID } from 'node:crypto';
import type { Item, ItemStore, Key, Query } from '#core/store/item-store.ts';

export type MakeStore = () => ItemStore | Promise<ItemStore>;

/** A partition that no other test writes to. */
export interface Partition {
  readonly store: ItemStore;
  readonly pk: string;
  key(sk: string): Key;
  put(sk: string, value?: Item['value'], more?: Partial<Item>): Promise<void>;
  get(sk: string): Promise<Item | undefined>;
  read(sk: string): Promise<Item['value'] | undefined>;
  all(query?: Partial<Query>): Promise<Item[]>;
}

export async function aPartition(makeStore: MakeStore): Promise<Partition> {
  const store = await makeStore();
  const pk = `P#${randomUUID()}`;
  const key = (sk: string): Key => ({ pk, sk });
  const get = (sk: string) => store.get(key(sk));
  return {
    store,
    pk,
    key,
    get,
    put: (sk, value = {}, more = {}) => store.transact([{ put: { ...key(sk), value, ...more } }]),
    read: async (sk) => (await get(sk))?.value,
    all: (query) => store.query({ pk, order: 'ascending', limit: 1000, ...query }),
  };
}

export const sortKeys = (keys: readonly Key[]) => keys.map(({ sk }) => sk);
