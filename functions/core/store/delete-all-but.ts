import type { ItemStore, Key } from './item-store.ts';

const writesPerTransaction = 100;

/** Deletes all items of a partition but one. */
export async function deleteAllBut(store: ItemStore, { pk, sk }: Key): Promise<void> {
  for (;;) {
    const keys = await store.queryKeys({ pk, order: 'ascending', limit: writesPerTransaction + 1 });
    const others = keys.filter((key) => key.sk !== sk).slice(0, writesPerTransaction);
    if (others.length === 0) return;
    await store.transact(others.map((key) => ({ delete: key })));
  }
}
