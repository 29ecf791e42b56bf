import type { OutboxEvent } from './outbox-event.ts';

/** Tells whoever listens outside: at least once, in no particular order. */
export interface RunBus {
  /** @returns those that were not taken, worth another try */
  publish(events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]>;
}
