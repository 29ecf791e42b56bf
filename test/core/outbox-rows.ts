import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import type { Item } from '#core/store/item-store.ts';
import { isOutboxKey, outboxKey, runPartition } from '#core/store/keys.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

/** Nobody hears that a row was written: as where the store's stream is late, or its reader dead. */
export const aDeafEngine = () => anEngine({ idle: true, settings: { announces: true } });

/** What the world has still to be told of a run. */
export async function outboxRows(
  { deps }: { readonly deps: Pick<Engine['deps'], 'store'> },
  run: Run,
): Promise<Item[]> {
  const items = await deps.store.query({
    pk: runPartition(keyOf(run)),
    after: outboxKey(keyOf(run), 0).sk,
    order: 'ascending',
    limit: 100,
  });
  return items.filter(isOutboxKey);
}

/** The same by the sort keys of the rows. */
export const outboxOf = async (engine: Pick<Engine, 'deps'>, run: Run) =>
  (await outboxRows(engine, run)).map(({ sk }) => sk);
