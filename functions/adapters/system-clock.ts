import type { Clock } from '#core/run/deps.ts';

export const systemClock: Clock = {
  now: Date.now,
  // Ending early is nothing exceptional, so no AbortError is made for it.
  sleep: (ms, signal) => {
    if (signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const wake = () => {
      clearTimeout(timer);
      resolve();
    };
    signal?.addEventListener('abort', wake, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', wake));
  },
};
