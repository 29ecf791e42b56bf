import type { SweepDeps } from '../run/deps.ts';
import { deleteAllBut } from '../store/delete-all-but.ts';
import type { Item } from '../store/item-store.ts';
import { batchKey, batchPrefixKey, uploadKey } from '../store/keys.ts';
import { Batch, hasEnded } from './batch.ts';
import { changeBatch, keyOfBatch } from './batch-repository.ts';

/** A batch that nobody works on, one that has expired, or a file that became none. */
export async function sweepBatch(deps: SweepDeps, item: Item): Promise<void> {
  if (item.sk !== 'META') return deleteUpload(deps, item);
  const seen = Batch.parse(item.value);
  if (hasEnded(seen)) return purge(deps, seen);
  const batch = await changeBatch(deps, keyOfBatch(seen), (current) =>
    hasEnded(current) || current.version !== seen.version
      ? undefined
      : {
          batch: {
            ...current,
            attempt: current.attempt + 1,
            wakeAt: deps.clock.now() + deps.settings.wakeSeconds * 1000,
          },
        },
  );
  if (batch.attempt > seen.attempt)
    await deps.batches.start({ ...keyOfBatch(batch), attempt: batch.attempt });
}

/** Its own item goes last, so that a purge that was cut off is taken up again. */
async function purge(deps: SweepDeps, batch: Batch): Promise<void> {
  if ((batch.expiresAt ?? Number.POSITIVE_INFINITY) > deps.clock.now()) return;
  const { orgId, id, idempotencyPrefix } = batch;
  await deps.blobs.deleteAll(`${orgId}/${id}/`);
  if (idempotencyPrefix !== undefined)
    await deps.store.transact([{ delete: batchPrefixKey(orgId, idempotencyPrefix) }]);
  const key = batchKey(keyOfBatch(batch));
  await deleteAllBut(deps.store, key);
  await deps.store.transact([{ delete: key }]);
}

async function deleteUpload({ store, blobs }: SweepDeps, { value }: Item): Promise<void> {
  const key = { orgId: `${value['orgId']}`, batchId: `${value['batchId']}` };
  await blobs.deleteAll(`${key.orgId}/${key.batchId}/`);
  await store.transact([{ delete: uploadKey(key) }]);
}
