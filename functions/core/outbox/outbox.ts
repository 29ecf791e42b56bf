import { type TallyChange, tallyWrites } from '../run/keep-tally.ts';
import { type Item, TransactionConflict, type Write } from '../store/item-store.ts';
import type { Consequence, OutboxDeps } from './follower.ts';
import { followers } from './followers.ts';
import type { OutboxEvent } from './outbox-event.ts';
import { type OutboxRow, toRow } from './outbox-row.ts';

const maxAttempts = 20;
const longestPauseMs = 200;
/** Each may be in a group of its own, with a counter of its own, beside that of the tenant. */
const rowsPerTransaction = 49;

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
  for (const batch of batchesOf(followed)) await carryOut(deps, batch, consequencesOf);
  return [...left];
}

type Consequences = (row: OutboxRow) => Promise<readonly Consequence[]>;

function consequences(deps: OutboxDeps): Consequences {
  const asked = followers.map((follower) => follower(deps));
  return async (row) =>
    (await Promise.all(asked.map((ask) => ask(row)))).filter((found) => found !== undefined);
}

interface Followed {
  readonly row: OutboxRow;
  readonly found: readonly Consequence[];
}

/** Rows of one tenant from which nothing follows are taken together; they share counters. */
function batchesOf(rows: readonly Followed[]): (readonly Followed[])[] {
  const alone = rows.filter(({ found }) => found.length > 0).map((one) => [one]);
  const others = rows.filter(({ found }) => found.length === 0);
  const byTenant = Map.groupBy(others, ({ row }) => row.event.orgId);
  return [...byTenant.values(), ...alone].flatMap((batch) => chunksOf(batch));
}

const chunksOf = (rows: readonly Followed[]) =>
  Array.from({ length: Math.ceil(rows.length / rowsPerTransaction) }, (_, i) =>
    rows.slice(i * rowsPerTransaction, (i + 1) * rowsPerTransaction),
  );

/** One of those who see a row, and only one, deletes it, counts it and writes what follows. */
async function carryOut(
  { store, clock }: OutboxDeps,
  batch: readonly Followed[],
  consequencesOf: Consequences,
): Promise<void> {
  let left = batch;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const takeRows = left.map(({ row }): Write => ({ delete: row.key, when: { equals: {} } }));
    const counted = await tallyWrites(store, left.flatMap(toTallyChange));
    const followed = left.flatMap(({ found }) => found.flatMap(({ writes }) => writes));
    try {
      await store.transact([...takeRows, ...followed, ...counted]);
      break;
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
      const { failed } = error;
      const there = left.filter((_, i) => !failed.includes(i));
      left = await Promise.all(
        there.map(async ({ row }) => ({ row, found: await consequencesOf(row) })),
      );
      await clock.sleep(Math.random() * Math.min(longestPauseMs, 5 * 2 ** attempt));
    }
  }
  for (const { found } of left) for (const { ring } of found) await ring?.();
}

function toTallyChange({ row: { event, tally } }: Followed): TallyChange[] {
  if (tally === undefined || event.type !== 'Agent Run Status Changed') return [];
  const { orgId, runId, seq, previousStatus: from, status: to } = event;
  return [{ orgId, groupId: tally.groupId, from, to, token: `${runId}#${seq}` }];
}
