import type { Clock } from '#core/run/deps.ts';

/** Sleeps of at most this long, such as the pause before another attempt, end at once. */
const shortSleepMs = 250;

export interface FakeClock extends Clock {
  /** Lets time pass, and wakes who slept for it. */
  advance(ms: number): void;
}

/** A clock that stands still until it is advanced. */
export function aClock(start = Date.parse('2026-01-01T00:00:00Z')): FakeClock {
  let now = start;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      if (signal?.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      if (ms <= shortSleepMs) setImmediate(resolve);
      const sleeper = { until: now + ms, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      sleepers.delete(sleeper);
    },
    advance: (ms) => {
      now += ms;
      for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake();
    },
  };
}
