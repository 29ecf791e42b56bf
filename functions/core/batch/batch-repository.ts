import { batchEventRow } from '../outbox/batch-event-row.ts';
import type { BatchEvent } from '../outbox/outbox-event.ts';
import type { RunDeps } from '../run/deps.ts';
import { RunError } from '../run/run-error.ts';
import { type Item, TransactionConflict, type Write } from '../store/item-store.ts';
import {
  type BatchKey,
  batchIndexKey,
  batchKey,
  batchPartition,
  chunkKey,
  chunkRange,
  dueIndexKey,
} from '../store/keys.ts';
import { Batch, Chunk } from './batch.ts';

export type BatchReadDeps = Pick<RunDeps, 'store' | 'clock'>;
export type BatchChangeDeps = Pick<RunDeps, 'store' | 'clock' | 'settings' | 'log'>;

const maxAttempts = 20;

export const keyOfBatch = ({ orgId, id }: Batch): BatchKey => ({ orgId, batchId: id });

/** The batch, or `undefined` where the tenant has none of that id or it has expired. */
export async function findBatch(deps: BatchReadDeps, key: BatchKey): Promise<Batch | undefined> {
  const item = await deps.store.get(batchKey(key));
  const batch = item && Batch.parse(item.value);
  return batch?.expiresAt !== undefined && batch.expiresAt <= deps.clock.now() ? undefined : batch;
}

/** @throws RunError batch_not_found */
export async function getBatch(deps: BatchReadDeps, key: BatchKey): Promise<Batch> {
  const batch = await findBatch(deps, key);
  if (batch === undefined)
    throw new RunError('batch_not_found', `There is no batch ${key.batchId}.`);
  return batch;
}

/** A new state of a batch, and what the world is told of it. */
export interface BatchChange {
  readonly batch: Batch;
  readonly events?: readonly BatchEvent[];
}

/**
 * Changes a batch on condition that it is still the one that was read; else `decide` is asked again.
 * @param decide returns `undefined` to leave it as it is
 * @throws RunError batch_not_found
 */
export async function changeBatch(
  deps: BatchChangeDeps,
  key: BatchKey,
  decide: (batch: Batch) => BatchChange | undefined,
): Promise<Batch> {
  for (let attempt = 1; ; attempt += 1) {
    const from = await getBatch(deps, key);
    const change = decide(from);
    if (change === undefined) return from;
    const { events = [] } = change;
    const batch = {
      ...change.batch,
      version: from.version + 1,
      lastSeq: from.lastSeq + events.length,
    };
    const rows = events.map((event, i) =>
      batchEventRow(deps.settings, batch, { ...event, seq: from.lastSeq + i + 1 }),
    );
    try {
      const when = { equals: { version: from.version } } as const;
      await deps.store.transact([{ put: toBatchItem(batch), when }, ...rows.flat()]);
      if (batch.status !== from.status) deps.log('info', `batch ${batch.status}`, logFields(batch));
      return batch;
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
      await deps.clock.sleep(Math.random() * 10 * attempt);
    }
  }
}

const logFields = ({ id: batchId, orgId, agentId }: Batch) => ({ batchId, orgId, agentId });

export function toBatchItem(batch: Batch): Item {
  const key = keyOfBatch(batch);
  return {
    ...batchKey(key),
    value: Batch.parse(batch),
    indexes: {
      tenant: batchIndexKey(key),
      due: dueIndexKey(batch.id, batch.expiresAt ?? batch.wakeAt),
    },
  };
}

export interface BatchPage {
  readonly batches: readonly Batch[];
  /** `undefined` on the last page. */
  readonly cursor: string | undefined;
}

/** The tenant's batches, newest first. @param cursor the last id of the page before */
export async function listBatches(
  { store, clock }: BatchReadDeps,
  { orgId, limit, cursor }: { orgId: string; limit: number; cursor?: string | undefined },
): Promise<BatchPage> {
  const items = await store.query({
    index: 'tenant',
    pk: batchIndexKey({ orgId, batchId: '' }).pk,
    ...(cursor === undefined ? {} : { before: cursor }),
    order: 'descending',
    limit,
  });
  const all = items.map(({ value }) => Batch.parse(value));
  const now = clock.now();
  return {
    batches: all.filter(({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt > now),
    cursor: items.length < limit ? undefined : all.at(-1)?.id,
  };
}

/** The chunks after this number, in their order. */
export async function chunksAfter(
  { store }: Pick<RunDeps, 'store'>,
  key: BatchKey,
  after: number,
  limit: number,
): Promise<Chunk[]> {
  const items = await store.query({
    pk: batchPartition(key),
    after: chunkKey(key, after).sk,
    before: chunkRange.before,
    order: 'ascending',
    limit,
  });
  return items.map(({ value }) => Chunk.parse(value));
}

export async function getChunk(
  { store }: Pick<RunDeps, 'store'>,
  key: BatchKey,
  number: number,
): Promise<Chunk | undefined> {
  const item = await store.get(chunkKey(key, number));
  return item && Chunk.parse(item.value);
}

/** Whoever writes a chunk last has written what the next one works on: all of it can be done again. */
export const putChunk = (key: BatchKey, chunk: Chunk): Write => ({
  put: { ...chunkKey(key, chunk.number), value: chunk },
});
