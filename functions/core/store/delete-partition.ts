import type { ItemStore } from './item-store.ts';

const writesPerTransaction = 100;

/** Deletes all items of a partition, the one with sort key `last` at the end. */
export async function deletePartition(store: ItemStore, pk: string, last: string): Promise<void> {
  for (;;) {
    const keys = await store.queryKeys({ pk, order: 'ascending', limit: writesPerTransaction + 1 });
    const others = keys.filter((key) => key.sk !== last).slice(0, writesPerTransaction);
    if (others.length === 0) break;
    await store.transact(others.map((key) => ({ delete: key })));
  }
  await store.transact([{ delete: { pk, sk: last } }]);
}
