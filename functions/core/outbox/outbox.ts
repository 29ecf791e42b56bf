import { type Item, TransactionConflict, type Write } from '../store/item-store.ts';
import type { Consequence, OutboxDeps } from './follower.ts';
import { followers } from './followers.ts';
import type { OutboxEvent } from './outbox-event.ts';
import { type OutboxRow, toRow } from './outbox-row.ts';

const maxAttempts = 20;
const deletesPerTransaction = 100;

/**
 * Tells the bus of rows, and writes what follows from each together with its deletion.
 * @returns the events that the bus did not take, worth another try
 */
export async function publishOutbox(
  deps: OutboxDeps,
  items: readonly Pick<Item, 'pk' | 'sk' | 'value'>[],
): Promise<readonly OutboxEvent[]> {
  if (items.length === 0) return [];
  const rows = items.map(toRow);
  const left = new Set(await deps.bus.publish(rows.map(({ event }) => event)));
  const told = rows.filter(({ event }) => !left.has(event));
  const consequencesOf = consequences(deps);
  const followed = await Promise.all(
    told.map(async (row) => ({ row, found: await consequencesOf(row) })),
  );
  await deleteRows(
    deps,
    followed.filter(({ found }) => found.length === 0).map(({ row }) => row),
  );
  for (const { row, found } of followed)
    if (found.length > 0) await carryOut(deps, row, found, consequencesOf);
  return [...left];
}

type Consequences = (row: OutboxRow) => Promise<readonly Consequence[]>;

function consequences(deps: OutboxDeps): Consequences {
  const asked = followers.map((follower) => follower(deps));
  return async (row) =>
    (await Promise.all(asked.map((ask) => ask(row)))).filter((found) => found !== undefined);
}

/** Nothing follows from them: it does not matter who deletes them. */
async function deleteRows({ store }: OutboxDeps, rows: readonly OutboxRow[]): Promise<void> {
  for (let i = 0; i < rows.length; i += deletesPerTransaction)
    await store.transact(
      rows.slice(i, i + deletesPerTransaction).map(({ key }) => ({ delete: key })),
    );
}

/** One of those who see the row, and only one, deletes it and writes what follows. */
async function carryOut(
  { store }: OutboxDeps,
  row: OutboxRow,
  first: readonly Consequence[],
  consequencesOf: Consequences,
): Promise<void> {
  const takeRow: Write = { delete: row.key, when: { equals: {} } };
  let found = first;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await store.transact([takeRow, ...found.flatMap(({ writes }) => writes)]);
      break;
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
      if (error.failed.includes(0)) return;
      found = await consequencesOf(row);
    }
  }
  for (const { ring } of found) await ring?.();
}
