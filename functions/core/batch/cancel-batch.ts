import { RunError } from '../run/run-error.ts';
import type { BatchKey } from '../store/keys.ts';
import { type Batch, hasEnded } from './batch.ts';
import { type BatchChangeDeps, changeBatch } from './batch-repository.ts';
import type { BatchWorkflow } from './batch-workflow.ts';

type Deps = BatchChangeDeps & { readonly batches: BatchWorkflow };

/**
 * Submits no more of a batch and has what was submitted cancelled. What has ended stays.
 * @throws RunError batch_not_found, batch_state_conflict when it has ended
 */
export async function cancelBatch(deps: Deps, key: BatchKey, by: string): Promise<Batch> {
  const batch = await changeBatch(deps, key, (current) => {
    if (hasEnded(current))
      throw new RunError(
        'batch_state_conflict',
        `Batch ${current.id} is ${current.status} already.`,
        { currentStatus: current.status },
      );
    if (current.status === 'CANCELLING') return undefined;
    const cancelled = { at: deps.clock.now(), by };
    const attempt = current.attempt + 1;
    return { batch: { ...current, status: 'CANCELLING', cancelled, attempt } };
  });
  await deps.batches.start({ ...key, attempt: batch.attempt });
  return batch;
}
