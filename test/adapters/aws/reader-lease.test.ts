import { describe, expect, it } from 'vitest';
import { ReaderLease } from '#adapters/aws/reader-lease.ts';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import type { Write } from '#core/store/item-store.ts';
import { readerKey } from '#core/store/keys.ts';
import { aClock } from '../../builders/a-clock.ts';
import { aDatabase } from '../../builders/a-database.ts';
import { watched } from '../../builders/a-store.ts';

const run = { orgId: 'acme', runId: 'run' };

/** A run of which somebody may hold the lease, and every write of one, refused while `isDown`. */
function aRun() {
  const clock = aClock();
  const written: Write[] = [];
  const state = { isDown: false };
  const store = watched(new SqliteItemStore(aDatabase()), {
    writes: (writes) => {
      written.push(...writes);
      if (state.isDown) throw new Error('the store is down');
    },
  });
  return {
    clock,
    written,
    state,
    aLease: () => new ReaderLease({ store, clock }, run),
    isHeld: async () => ReaderLease.isHeld(await store.get(readerKey(run)), clock.now()),
  };
}

describe('the lease of a reader', () => {
  it('is held by nobody before somebody reads', async () => {
    const { isHeld } = aRun();

    expect(await isHeld()).toBe(false);
  });

  it('lasts half a minute, and lies in the store no longer', async () => {
    const { clock, written, aLease, isHeld } = aRun();
    const until = clock.now() + 30_000;

    await aLease().hold();

    expect(written).toEqual([{ put: { ...readerKey(run), value: { until }, expiresAt: until } }]);
    clock.advance(29_999);
    const inTime = await isHeld();
    clock.advance(1);
    expect([inTime, await isHeld()]).toEqual([true, false]);
  });

  it('is written at most once in 20 s by a reader who comes back all the time', async () => {
    const { clock, written, aLease, isHeld } = aRun();
    const lease = aLease();
    const held: boolean[] = [];

    for (let ms = 0; ms <= 60_000; ms += 100) {
      await lease.hold();
      held.push(await isHeld());
      clock.advance(100);
    }

    expect(written).toHaveLength(4);
    expect(held).not.toContain(false);
  });

  it('is written once by a reader who comes back before it is written', async () => {
    const { written, aLease } = aRun();
    const lease = aLease();

    await Promise.all([lease.hold(), lease.hold(), lease.hold()]);

    expect(written).toHaveLength(1);
  });

  it('lasts as long as that of the last of several readers', async () => {
    const { clock, aLease, isHeld } = aRun();
    await aLease().hold();
    clock.advance(15_000);

    await aLease().hold();
    clock.advance(29_000);

    expect(await isHeld()).toBe(true);
  });

  it('keeps no reader from reading where it cannot be written, and is written when it can', async () => {
    const { state, aLease, isHeld } = aRun();
    const lease = aLease();
    state.isDown = true;
    await expect(lease.hold()).resolves.toBeUndefined();

    state.isDown = false;
    await lease.hold();

    expect(await isHeld()).toBe(true);
  });
});
