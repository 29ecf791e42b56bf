import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#adapters/system-clock.ts';

const hour = 3600 * 1000;

describe('the system clock', () => {
  it('wakes when it is told to', async () => {
    const stop = new AbortController();
    const asleep = systemClock.sleep(hour, stop.signal);

    stop.abort();

    await asleep;
  });

  it('does not fall asleep once it was told to wake', async () => {
    await systemClock.sleep(hour, AbortSignal.abort());
  });

  it('leaves nothing behind on a signal that outlives it', async () => {
    const stop = new AbortController();

    await systemClock.sleep(1, stop.signal);

    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });
});
