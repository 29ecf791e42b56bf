import type { Batch } from '../batch/batch.ts';
import type { RunSettings } from '../run/deps.ts';
import type { Write } from '../store/item-store.ts';
import { batchOutboxKey, dueIndexKey } from '../store/keys.ts';
import type { BatchEvent } from './outbox-event.ts';

/** The row that tells of a batch; none where nobody listens. */
export function batchEventRow(
  { announces, wakeSeconds }: Pick<RunSettings, 'announces' | 'wakeSeconds'>,
  { id: batchId, orgId }: Batch,
  event: BatchEvent,
): Write[] {
  if (!announces) return [];
  const due = dueIndexKey(batchId, event.at + wakeSeconds * 1000, `#${event.seq}`);
  const key = batchOutboxKey({ orgId, batchId }, event.seq);
  return [{ put: { ...key, value: event, indexes: { due } } }];
}
