import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RunWatch } from '#core/run/run-watch.ts';
import type { RunKey } from '#core/store/keys.ts';

export interface WatchUnderTest {
  readonly watch: RunWatch;
  /** Writes the run as the engine does. */
  change(run: RunKey): Promise<void>;
  /** Lets the time pass that the news of a reader may take. @default - it takes none */
  newsOfReaders?(): void;
}

type MakeWatch = () => WatchUnderTest | Promise<WatchUnderTest>;

/** Longer than any test lasts: whatever waits this long fails. */
const never = 600_000;

async function aWatchedRun(makeWatch: MakeWatch) {
  const { watch, change, newsOfReaders = () => undefined } = await makeWatch();
  const run = { orgId: 'acme', runId: randomUUID() };
  return { watch, run, change: () => change(run), newsOfReaders };
}

/**
 * What every run watch has to do: nobody sleeps through a change, and a reader becomes known. That
 * nobody is woken for nothing, and that a reader is known at once and forgotten when it leaves, only
 * a watch in the process of its readers can promise.
 */
export function runWatchTests(name: string, makeWatch: MakeWatch): void {
  describe(`${name}, as a run watch,`, () => {
    it('wakes who waits when the run changes', async () => {
      const { watch, run, change } = await aWatchedRun(makeWatch);
      const watcher = watch.watch(run, 'wait');
      const waiting = watcher.changed(never);

      await change();

      await waiting;
      watcher.close();
    });

    it('loses no change between the begin of watching and the begin of waiting', async () => {
      const { watch, run, change } = await aWatchedRun(makeWatch);
      const watcher = watch.watch(run, 'wait');

      await change();

      await watcher.changed(never);
      watcher.close();
    });

    it('loses no change between two waits', async () => {
      const { watch, run, change } = await aWatchedRun(makeWatch);
      const watcher = watch.watch(run, 'wait');
      await change();
      await watcher.changed(never);

      await change();

      await watcher.changed(never);
      watcher.close();
    });

    it('wakes everybody who watches the run, readers and others', async () => {
      const { watch, run, change } = await aWatchedRun(makeWatch);
      const watchers = (['read', 'wait', 'read'] as const).map((purpose) =>
        watch.watch(run, purpose),
      );
      const waiting = watchers.map((watcher) => watcher.changed(never));

      await change();

      await Promise.all(waiting);
      for (const watcher of watchers) watcher.close();
    });

    it('goes on for the others when one closes', async () => {
      const { watch, run, change } = await aWatchedRun(makeWatch);
      const [leaving, staying] = [watch.watch(run, 'read'), watch.watch(run, 'read')];
      leaving.close();
      const waiting = staying.changed(never);

      await change();

      await waiting;
      staying.close();
    });

    it.each([0, 1, 20])('wakes who waits after %d ms without a change', async (timeoutMs) => {
      const { watch, run } = await aWatchedRun(makeWatch);
      const watcher = watch.watch(run, 'wait');

      await watcher.changed(timeoutMs);

      watcher.close();
    });

    it('wakes who waits when the watcher is closed', async () => {
      const { watch, run } = await aWatchedRun(makeWatch);
      const watcher = watch.watch(run, 'wait');
      const waiting = watcher.changed(never);

      watcher.close();

      await waiting;
    });

    it('lets nobody wait for a watcher that is closed', async () => {
      const { watch, run } = await aWatchedRun(makeWatch);
      const watcher = watch.watch(run, 'wait');
      watcher.close();
      watcher.close();

      await watcher.changed(never);
    });

    it('knows that somebody reads the run, as long as one of them does', async () => {
      const { watch, run, newsOfReaders } = await aWatchedRun(makeWatch);
      const [one, two] = [watch.watch(run, 'read'), watch.watch(run, 'read')];
      newsOfReaders();
      const asked = [await watch.isRead(run)];

      one.close();
      newsOfReaders();
      asked.push(await watch.isRead(run));
      two.close();

      expect(asked).toEqual([true, true]);
    });

    it.each(['wait', 'work'] as const)(
      'takes nobody for a reader who is there to %s',
      async (purpose) => {
        const { watch, run, newsOfReaders } = await aWatchedRun(makeWatch);
        const watcher = watch.watch(run, purpose);
        await watcher.changed(0);
        newsOfReaders();

        expect(await watch.isRead(run)).toBe(false);
        watcher.close();
      },
    );

    it('tells the readers of one run from those of another', async () => {
      const { watch, run, newsOfReaders } = await aWatchedRun(makeWatch);
      const reader = watch.watch(run, 'read');
      newsOfReaders();

      const others = [
        { ...run, runId: randomUUID() },
        { ...run, orgId: 'other' },
      ];

      for (const other of others) expect(await watch.isRead(other)).toBe(false);
      reader.close();
    });
  });
}
