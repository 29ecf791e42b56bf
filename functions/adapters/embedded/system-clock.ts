import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#core/run/deps.ts';

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    }),
};
