import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Caller } from './caller.ts';
import { Ledger } from './ledger.ts';
import { aPlan } from './plan.ts';
import { aService } from './service.ts';

const runsEach = 8;

it.each([
  ['SIGKILL', [0, 2, 5]],
  ['SIGTERM', [0]],
] as const)(
  'goes on at its next start with all runs that were about to begin at a %s',
  async (signal, endsAfterMs) => {
    const service = await aService();
    const caller = new Caller(service);
    const ledger = new Ledger(service.dataDir);
    await service.start();
    const forgotten = new Set<string>();
    for (const ms of endsAfterMs) {
      const submissions = Array.from({ length: runsEach }, (_, i) =>
        caller.submit(aPlan(`${ms}-${i}`, { tool: 'record', ms: 200 })),
      );
      await Promise.race(submissions);
      await sleep(ms);
      await service.stop(signal);
      await service.start();
      await Promise.all(submissions);

      // What comes later, and takes longer than all that should have begun by then.
      const probe = aPlan(`probe ${ms}`, { tool: 'record', ms: 600 });
      await caller.untilIs(await caller.submit(probe), 'COMPLETED');
      const begun = ledger.attempts().map(({ idempotencyKey }) => idempotencyKey.split(':')[0]);
      for (const { id } of await caller.runs(['RUNNING']))
        if (!begun.includes(id)) forgotten.add(id);
    }

    expect(forgotten).toEqual(new Set());
  },
);
