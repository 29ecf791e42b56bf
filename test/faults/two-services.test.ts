import { expect, it } from 'vitest';
import { Caller } from './caller.ts';
import { Hold, untilAttempted } from './hold.ts';
import { Ledger } from './ledger.ts';
import { aPlan } from './plan.ts';
import { aService } from './service.ts';

it('refuses to serve data that another service works on, in one line, and does no harm', async () => {
  const first = await aService();
  const second = await aService({ dataDir: first.dataDir });
  const caller = new Caller(first);
  await first.start();
  const hold = new Hold(first);
  const id = await caller.submit(aPlan('held', { tool: 'post', holdFile: hold.file }));
  await untilAttempted(first, 'held');

  const serves = await second.startOrEnd();
  const exit = serves ? await second.stop('SIGTERM') : await second.exit;
  hold.release();

  await caller.untilIs(id, 'COMPLETED');
  expect(serves).toBe(false);
  expect(exit).toEqual({ code: 1, signal: null });
  expect(second.output).toBe(
    `Another service is working on ${first.dataDir}. Set DATA_DIR to another.\n`,
  );
  expect(new Ledger(first.dataDir).attempts('held')).toHaveLength(1);
});

it('serves the data of a service that was killed', async () => {
  const first = await aService();
  const second = await aService({ dataDir: first.dataDir });
  await first.start();
  const id = await new Caller(first).submit(aPlan('inherited', 'record'));

  await first.kill();
  await second.start();

  await new Caller(second).untilIs(id, 'COMPLETED');
});
