import { expect, it } from 'vitest';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { type RunKey, waitingIndexKey } from '#core/store/keys.ts';
import { anEngine } from '../builders/an-engine.ts';

const completed = ({ status }: Run) => status === 'COMPLETED';

/** An index that has not heard yet that these runs wait no more. */
const stale = (store: ItemStore, runs: readonly Run[]): ItemStore => ({
  get: (key) => store.get(key),
  getMany: (keys) => store.getMany(keys),
  query: (query) => store.query(query),
  queryKeys: async (query) =>
    query.index === 'waiting'
      ? runs.map((run) => waitingIndexKey(keyOf(run), run.priority))
      : store.queryKeys(query),
  transact: (writes) => store.transact(writes),
});

it('rings for nobody who waits no more, though the index still says so', async () => {
  const engine = await anEngine();
  const runs = await Promise.all([engine.submit(), engine.submit(), engine.submit()]);
  const ended = await Promise.all(runs.map((run) => engine.reach(run, completed)));
  const rung: RunKey[] = [];
  const deps = {
    ...engine.deps,
    store: stale(engine.deps.store, ended),
    queue: { send: async (messages: readonly RunKey[]) => void rung.push(...messages) },
  };

  for (const run of ended) await dispatchRun(deps, keyOf(run));

  expect(rung).toEqual([]);
});
