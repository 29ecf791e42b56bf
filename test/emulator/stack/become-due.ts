import { Run } from '#core/run/run.ts';
import type { Item, ItemStore, Key } from '#core/store/item-store.ts';
import { dueIndexKey, type RunKey, runKey } from '#core/store/keys.ts';

/** Longer than the sweeper leaves anything alone. */
const aWhileMs = 90_000;

interface Deps {
  readonly store: ItemStore;
}

/** Puts a run that stands still where it would stand had nothing happened to it for a while. */
export async function runIsDue({ store }: Deps, key: RunKey): Promise<void> {
  const item = await found(store, runKey(key));
  const run = Run.parse(item.value);
  if (run.status === 'RUNNING' && run.lease) throw new Error(`Run ${run.id} does not stand still`);
  const wakeAt = run.wakeAt - aWhileMs;
  await store.transact([
    {
      put: {
        ...item,
        value: { ...run, wakeAt },
        indexes: { ...item.indexes, due: dueIndexKey(run.id, wakeAt) },
      },
      when: { equals: { version: run.version } },
    },
  ]);
}

/** The same for the first row of a run's outbox. */
export async function outboxRowIsDue(store: ItemStore, key: Key, runId: string): Promise<void> {
  const item = await found(store, key);
  const due = dueIndexKey(runId, Date.now() - aWhileMs, '#1');
  await store.transact([{ put: { ...item, indexes: { ...item.indexes, due } } }]);
}

async function found(store: ItemStore, key: Key): Promise<Item> {
  const item = await store.get(key);
  if (item === undefined) throw new Error(`There is no item ${key.pk} ${key.sk}`);
  return item;
}
