import type { OutboxEvent } from '#core/outbox/outbox-event.ts';
import type { RunBus } from '#core/outbox/run-bus.ts';
import type { RunStatusChanged } from '#core/outbox/run-status-changed.ts';

export interface FakeBus extends RunBus {
  /** The changes of status that it has taken, in the order in which it was told. */
  readonly told: readonly RunStatusChanged[];
  /** All else that it has taken. */
  readonly others: readonly OutboxEvent[];
  /** Whether it takes a change; what this throws comes out of the bus. At first it takes all. */
  takes: (change: RunStatusChanged) => boolean;
}

export const isStatusChange = (event: OutboxEvent): event is RunStatusChanged =>
  event.type === 'Agent Run Status Changed';

/** A bus that remembers what it was told. */
export function aBus(takes: FakeBus['takes'] = () => true): FakeBus {
  const told: RunStatusChanged[] = [];
  const others: OutboxEvent[] = [];
  const bus: FakeBus = {
    told,
    others,
    takes,
    publish: async (events) => {
      const left = events.filter((event) => isStatusChange(event) && !bus.takes(event));
      const taken = events.filter((event) => !left.includes(event));
      told.push(...taken.filter(isStatusChange));
      others.push(...taken.filter((event) => !isStatusChange(event)));
      return left;
    },
  };
  return bus;
}
