import { describe, expect, it } from 'vitest';
import { PollingRunWatch } from '#adapters/aws/polling-run-watch.ts';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import type { WatchPurpose } from '#core/run/run-watch.ts';
import { runKey } from '#core/store/keys.ts';
import { aClock, type FakeClock } from '../../builders/a-clock.ts';
import { aDatabase } from '../../builders/a-database.ts';
import { watched } from '../../builders/a-store.ts';
import { runWatchTests } from '../run-watch-tests.ts';
import { aRestlessClock } from '../run-workflow/a-workflow.ts';

runWatchTests('PollingRunWatch', () => {
  const store = aStore();
  const clock = aClock();
  return {
    watch: new PollingRunWatch({ store, clock }),
    change: (run) => store.transact([{ put: { ...runKey(run), value: {} } }]),
    newsOfReaders: () => clock.advance(1000),
  };
});

const run = { orgId: 'acme', runId: 'run' };
const never = 600_000;
const second = 1000;

const aStore = () => new SqliteItemStore(aDatabase());

/** A watcher of a watch of its own, and how long each of its waits was to be. */
function aWatcher(purpose: WatchPurpose) {
  const { clock, sleeps } = aRestlessClock();
  const watcher = new PollingRunWatch({ store: aStore(), clock }).watch(run, purpose);
  return { clock, sleeps, watcher };
}

describe('a watcher sends to look again', () => {
  it.each([
    [0, 100],
    [1999, 100],
    [2000, 250],
    [9999, 250],
    [10_000, 1000],
    [3_600_000, 1000],
  ])('a run that has been quiet for %d ms after %d ms', async (quietMs, paceMs) => {
    const { clock, sleeps, watcher } = aWatcher('wait');

    clock.advance(quietMs);
    await watcher.changed(never);

    expect(sleeps).toEqual([paceMs]);
  });

  it('soon again once the run moves', async () => {
    const { clock, sleeps, watcher } = aWatcher('read');
    clock.advance(60 * second);
    await watcher.changed(never);

    watcher.moved();
    await watcher.changed(never);
    clock.advance(2 * second);
    await watcher.changed(never);

    expect(sleeps).toEqual([1000, 100, 250]);
  });

  it.each([0, 30, 99])('no later than after the %d ms that are left', async (timeoutMs) => {
    const { sleeps, watcher } = aWatcher('read');

    await watcher.changed(timeoutMs);

    expect(sleeps).toEqual([timeoutMs]);
  });

  it('only once a second who works on the run, whether it moves or not', async () => {
    const { sleeps, watcher } = aWatcher('work');

    await watcher.changed(never);
    watcher.moved();
    await watcher.changed(never);

    expect(sleeps).toEqual([1000, 1000]);
  });

  it.each(['wait', 'work', 'read'] as const)(
    'at once who waits slowly to %s when it closes',
    async (purpose) => {
      const clock = aClock();
      const watcher = new PollingRunWatch({ store: aStore(), clock }).watch(run, purpose);
      clock.advance(60 * second);
      const waiting = watcher.changed(never);
      for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);

      watcher.close();

      await expect(waiting).resolves.toBeUndefined();
    },
  );
});

/** As two processes have it: whoever reads is elsewhere than whoever asks. */
function aReadRun() {
  const clock = aClock();
  const store = aStore();
  const asked: string[] = [];
  const reads = ({ sk }: { sk: string }) => void asked.push(sk);
  return {
    clock,
    asked,
    read: () => new PollingRunWatch({ store, clock }).watch(run, 'read'),
    worker: new PollingRunWatch({ store: watched(store, { reads }), clock }),
  };
}

/** A reader who comes back every quarter of a second for so long. */
async function poll(
  clock: FakeClock,
  readers: readonly { changed(timeoutMs: number): Promise<void> }[],
  seconds: number,
): Promise<void> {
  for (let i = 0; i < seconds * 4; i += 1) {
    clock.advance(250);
    await Promise.all(readers.map((reader) => reader.changed(0)));
  }
}

describe('a run is read', () => {
  it('by nobody at first', async () => {
    const { worker } = aReadRun();

    expect(await worker.isRead(run)).toBe(false);
  });

  it('as soon as somebody watches it to read, who has not waited yet', async () => {
    const { worker, read } = aReadRun();

    read();

    expect(await worker.isRead(run)).toBe(true);
  });

  it('as long as a reader comes back, and up to half a minute longer', async () => {
    const { clock, worker, read } = aReadRun();
    const reader = read();

    const asked: boolean[] = [];
    for (let i = 0; i < 4; i += 1) {
      await poll(clock, [reader], 30);
      asked.push(await worker.isRead(run));
    }
    reader.close();
    clock.advance(31 * second);
    asked.push(await worker.isRead(run));

    expect(asked).toEqual([true, true, true, true, false]);
  });

  it('until the last of several readers has gone', async () => {
    const { clock, worker, read } = aReadRun();
    const [leaving, staying] = [read(), read()];
    await poll(clock, [leaving, staying], 5);

    leaving.close();
    await poll(clock, [staying], 60);
    const whileOneStays = await worker.isRead(run);
    staying.close();
    clock.advance(31 * second);

    expect(whileOneStays).toBe(true);
    expect(await worker.isRead(run)).toBe(false);
  });

  it('again when a reader comes back after everybody had gone', async () => {
    const { clock, worker, read } = aReadRun();
    read().close();
    clock.advance(31 * second);
    const between = await worker.isRead(run);
    clock.advance(second);

    read();

    expect([between, await worker.isRead(run)]).toEqual([false, true]);
  });

  it.each([true, false])('as it was found a second ago, for %s', async (isRead) => {
    const { clock, asked, worker, read } = aReadRun();
    if (isRead) read();

    const first = await worker.isRead(run);
    clock.advance(second - 1);
    const later = await worker.isRead(run);
    const askedSoFar = asked.length;
    clock.advance(1);
    await worker.isRead(run);

    expect([first, later]).toEqual([isRead, isRead]);
    expect([askedSoFar, asked.length]).toEqual([1, 2]);
  });

  it('as each run was found, for however many runs', async () => {
    const { worker, read } = aReadRun();
    read();

    const others = await Promise.all(
      Array.from({ length: 1500 }, (_, i) => worker.isRead({ ...run, runId: `other-${i}` })),
    );

    expect(others).not.toContain(true);
    expect(await worker.isRead(run)).toBe(true);
  });
});
