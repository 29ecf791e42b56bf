import * as z from 'zod';
import { RunWebhook } from '../run/run.ts';
import type { Item, Key } from '../store/item-store.ts';
import { OutboxEvent } from './outbox-event.ts';

/** Kept beside the event for what follows from it here, and told to nobody outside. */
const Beside = z.object({
  /** The run's own webhook. */
  webhook: RunWebhook.optional(),
  /** What the run is counted under, where counters are kept. */
  tally: z.object({ groupId: z.string().optional() }).optional(),
});

/** A row as it lies in the store. */
export interface OutboxRow extends z.infer<typeof Beside> {
  readonly key: Key;
  readonly event: OutboxEvent;
}

export function toRow({ pk, sk, value }: Key & Pick<Item, 'value'>): OutboxRow {
  // Before there were several kinds of events, a row was a change of status and did not say so.
  const event =
    'type' in value ? value : { type: 'Agent Run Status Changed', schemaVersion: 1, ...value };
  return { key: { pk, sk }, event: OutboxEvent.parse(event), ...Beside.parse(value) };
}
