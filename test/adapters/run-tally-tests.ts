import { describe, expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import type { RunTally } from '#core/run/run-tally.ts';
import { sweep } from '#core/run/sweep.ts';
import { aQueuedRun, aRunningRun } from '../builders/a-run.ts';
import type { Engine } from '../builders/an-engine.ts';

export interface TallyUnderTest {
  readonly tally: RunTally;
  /** Does nothing by itself. */
  readonly engine: Engine;
  /** Lets the time pass that counting may take. @default - it takes none */
  settle?(): Promise<unknown>;
}

const monthMs = 31 * 24 * 3600_000;

/** What every tally has to do once nothing changes any more. */
export function runTallyTests(name: string, makeTally: () => Promise<TallyUnderTest>): void {
  describe(`${name}, as a tally of runs,`, () => {
    it('counts none where there are none', async () => {
      const { tally } = await makeTally();

      expect(await tally.count({ orgId: 'acme' })).toBe(0);
      expect(await tally.count({ orgId: 'acme', groupId: 'g', statuses: ['QUEUED'] })).toBe(0);
    });

    it('counts all runs of a tenant, in groups and in none', async () => {
      const { tally, engine, settle } = await makeTally();
      for (const groupId of [undefined, 'a', 'a', 'b']) await aQueuedRun(engine, { groupId });
      await aQueuedRun(engine, { orgId: 'other', groupId: 'a' });

      await settle?.();

      expect(await tally.count({ orgId: 'acme' })).toBe(4);
      expect(await tally.count({ orgId: 'acme', groupId: 'a' })).toBe(2);
      expect(await tally.count({ orgId: 'acme', groupId: 'ALL' })).toBe(0);
      expect(await tally.count({ orgId: 'other', groupId: 'b' })).toBe(0);
      expect(await tally.count({ orgId: 'other' })).toBe(1);
    });

    it('counts each run in the status that it has', async () => {
      const { tally, engine, settle } = await makeTally();
      const groupId = 'g';
      await aQueuedRun(engine, { groupId });
      await aRunningRun(engine, { groupId });
      const run = await aRunningRun(engine, { groupId });
      await settle?.();
      await cancelRun(engine.deps, keyOf(run), 'test');

      await settle?.();

      const countIn = (...statuses: ('QUEUED' | 'RUNNING' | 'CANCELLED')[]) =>
        tally.count({ orgId: 'acme', groupId, statuses });
      expect(await Promise.all([countIn('QUEUED'), countIn('RUNNING')])).toEqual([1, 1]);
      expect(await countIn('CANCELLED', 'RUNNING')).toBe(2);
      expect(await countIn()).toBe(0);
      expect(await tally.count({ orgId: 'acme', groupId })).toBe(3);
    });

    it('counts a run no more that was deleted', async () => {
      const { tally, engine, settle } = await makeTally();
      const run = await aQueuedRun(engine, { groupId: 'g' });
      await aQueuedRun(engine, { groupId: 'g' });
      await cancelRun(engine.deps, keyOf(run), 'test');
      await settle?.();

      engine.clock.advance(monthMs);
      await sweep(engine.deps);
      await settle?.();

      expect(await tally.count({ orgId: 'acme', groupId: 'g' })).toBe(1);
      expect(await tally.count({ orgId: 'acme', statuses: ['CANCELLED'] })).toBe(0);
    });
  });
}
