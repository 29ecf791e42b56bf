import type { RunBus, RunStatusChanged } from '#core/outbox/run-bus.ts';

export interface FakeBus extends RunBus {
  /** What it has taken, in the order in which it was told. */
  readonly told: readonly RunStatusChanged[];
  /** Whether it takes a change; what this throws comes out of the bus. At first it takes all. */
  takes: (change: RunStatusChanged) => boolean;
}

/** A bus that remembers what it was told. */
export function aBus(takes: FakeBus['takes'] = () => true): FakeBus {
  const told: RunStatusChanged[] = [];
  const bus: FakeBus = {
    told,
    takes,
    publish: async (changes) => {
      const taken = changes.filter((change) => bus.takes(change));
      told.push(...taken);
      return changes.filter((change) => !taken.includes(change));
    },
  };
  return bus;
}
