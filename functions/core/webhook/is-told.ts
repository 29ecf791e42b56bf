import type { ItemStore } from '../store/item-store.ts';
import { deliveryRange, outboxRange, type RunKey, runPartition } from '../store/keys.ts';
import { DeliveryState } from './delivery.ts';

/**
 * Whether everybody was told of the run who is to be, or was given up: what is told is made from the
 * run, attempt by attempt.
 */
export async function isTold(store: ItemStore, run: RunKey): Promise<boolean> {
  const pk = runPartition(run);
  const [rows, deliveries] = await Promise.all([
    store.queryKeys({ pk, ...outboxRange, order: 'ascending', limit: 1 }),
    store.query({ pk, ...deliveryRange, order: 'ascending', limit: Number.MAX_SAFE_INTEGER }),
  ]);
  const isPending = deliveries.some(({ value }) => value['state'] === DeliveryState.enum.pending);
  return rows.length === 0 && !isPending;
}
