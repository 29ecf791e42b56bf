import { describe, expect, it } from 'vitest';
import { LeaseHeld } from '#core/run/leased-run.ts';
import { patiently } from '../../functions/segment/patiently.ts';
import { aClock } from '../builders/a-clock.ts';

const never = new AbortController().signal;

/** A clock on which sleeping is how time passes. */
function aSleepyClock() {
  const clock = aClock();
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    clock.advance(ms);
  };
  return { slept, clock: { ...clock, sleep } };
}

/** Work that is refused while a lease is held, which was renewed some times. */
function leasedFor(clock: { now(): number }, ...termsMs: number[]) {
  let until = clock.now() + (termsMs.shift() ?? 0);
  return async () => {
    if (clock.now() < until) throw new LeaseHeld('run', until);
    const renewed = termsMs.shift();
    if (renewed === undefined) return 'done';
    until = clock.now() + renewed;
    throw new LeaseHeld('run', until);
  };
}

describe('work that waits for a lease', () => {
  it('is done at once where nobody holds one', async () => {
    const { clock, slept } = aSleepyClock();

    const done = await patiently(clock, never, leasedFor(clock));

    expect([done, slept]).toEqual(['done', []]);
  });

  it('is done when the lease of the dead has ended', async () => {
    const { clock, slept } = aSleepyClock();

    const done = await patiently(clock, never, leasedFor(clock, 30_000));

    expect([done, slept]).toEqual(['done', [30_000]]);
  });

  it('waits on while the living renew theirs', async () => {
    const { clock, slept } = aSleepyClock();

    const done = await patiently(clock, never, leasedFor(clock, 20_000, 30_000, 30_000));

    expect([done, slept]).toEqual(['done', [20_000, 30_000, 30_000]]);
  });

  it('does not spin where a lease has just ended by its own clock', async () => {
    const { clock, slept } = aSleepyClock();
    let asked = 0;

    await patiently(clock, never, async () => {
      asked += 1;
      if (asked < 3) throw new LeaseHeld('run', clock.now() - 5);
    });

    expect(slept).toEqual([1, 1]);
  });

  it('gives up when its invocation ends, and says what it waited for', async () => {
    const clock = aClock();
    const stopping = new AbortController();
    const waiting = patiently(clock, stopping.signal, leasedFor(clock, 30_000));
    await new Promise(setImmediate);

    stopping.abort();

    await expect(waiting).rejects.toMatchObject({
      name: 'LeaseHeld',
      until: clock.now() + 30_000,
    });
  });

  it('fails at once with anything else', async () => {
    const { clock, slept } = aSleepyClock();
    const error = new Error('the store is down');

    const work = patiently(clock, never, () => Promise.reject(error));

    await expect(work).rejects.toBe(error);
    expect(slept).toEqual([]);
  });
});
