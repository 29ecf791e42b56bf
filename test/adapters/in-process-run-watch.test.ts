import { describe, expect, it } from 'vitest';
import { InProcessRunWatch } from '#adapters/embedded/in-process-run-watch.ts';
import { runKey } from '#core/store/keys.ts';
import { runWatchTests } from './run-watch-tests.ts';

runWatchTests('InProcessRunWatch', () => {
  const watch = new InProcessRunWatch();
  return { watch, change: async (run) => watch.changed([runKey(run)]) };
});

const run = { orgId: 'acme', runId: 'run' };
const longestSafeTimerMs = 2 ** 31 - 1;

/** Whether the wait has ended by the end of this turn. */
async function isOver(waiting: Promise<void>): Promise<boolean> {
  let over = false;
  void waiting.then(() => {
    over = true;
  });
  await new Promise(setImmediate);
  return over;
}

describe('InProcessRunWatch', () => {
  it('sleeps through what happens to other items', async () => {
    const watch = new InProcessRunWatch();
    const watcher = watch.watch(run, 'wait');
    const waiting = watcher.changed(longestSafeTimerMs);

    watch.changed([runKey({ ...run, runId: 'other' }), { ...runKey(run), sk: 'EVT#1' }]);

    expect(await isOver(waiting)).toBe(false);
    watcher.close();
  });

  it('wakes once for several changes', async () => {
    const watch = new InProcessRunWatch();
    const watcher = watch.watch(run, 'wait');
    watch.changed([runKey(run), runKey(run)]);
    watch.changed([runKey(run)]);

    const [first, second] = [watcher.changed(longestSafeTimerMs), watcher.changed(1)];

    expect(await isOver(first)).toBe(true);
    await second;
    watcher.close();
  });

  it('waits, and does not spin, where it is to wait longer than a timer can', async () => {
    const watcher = new InProcessRunWatch().watch(run, 'wait');
    const waiting = watcher.changed(Number.MAX_SAFE_INTEGER);

    await new Promise((resolve) => setTimeout(resolve, 5));

    expect(await isOver(waiting)).toBe(false);
    watcher.close();
  });

  it('knows at once that a reader has come or gone', async () => {
    const watch = new InProcessRunWatch();
    const asked = [await watch.isRead(run)];

    const waiting = watch.watch(run, 'wait');
    asked.push(await watch.isRead(run));
    const [one, two] = [watch.watch(run, 'read'), watch.watch(run, 'read')];
    asked.push(await watch.isRead(run));
    one.close();
    asked.push(await watch.isRead(run));
    two.close();
    asked.push(await watch.isRead(run));
    waiting.close();

    expect(asked).toEqual([false, false, true, true, false]);
  });

  it('is not confused by one who closes twice', async () => {
    const watch = new InProcessRunWatch();
    const early = watch.watch(run, 'read');
    early.close();
    const late = watch.watch(run, 'read');

    early.close();

    expect(await watch.isRead(run)).toBe(true);
    late.close();
  });
});
