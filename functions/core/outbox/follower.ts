import type { Clock } from '../run/deps.ts';
import type { ItemStore, Write } from '../store/item-store.ts';
import type { DeliveryQueue } from '../webhook/delivery-queue.ts';
import type { OutboxRow } from './outbox-row.ts';
import type { RunBus } from './run-bus.ts';

/** What it takes to publish rows. */
export interface OutboxDeps {
  readonly store: ItemStore;
  readonly clock: Clock;
  readonly bus: RunBus;
  readonly deliveries: DeliveryQueue;
}

/** What follows from a row here. */
export interface Consequence {
  /** Written with the deletion of the row, and so once for each row, whoever else publishes it. */
  readonly writes: readonly Write[];
  /** Called when that was written. May get lost: the sweeper does it again. */
  readonly ring?: () => Promise<void>;
}

/**
 * Made for each batch of rows, so that what the rows share is read once. It is asked again about a
 * row where its writes meet another writer's.
 */
export type Follower = (deps: OutboxDeps) => (row: OutboxRow) => Promise<Consequence | undefined>;
