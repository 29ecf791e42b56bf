import { expect, it } from 'vitest';
import type { Run } from '#core/run/run.ts';
import { anEngine } from '../builders/an-engine.ts';

const flood = 5_000;
const completed = ({ status }: Run) => status === 'COMPLETED';

it('starts the run of a tenant before the flood of another is over', {
  timeout: 120_000,
}, async () => {
  const engine = await anEngine();
  const flooding = Array.from({ length: flood }, () => engine.submit({ orgId: 'flooding' }));
  await Promise.all(flooding);

  const askedAt = performance.now();
  const run = await engine.submit({ orgId: 'acme' });
  await engine.reach(run, completed);

  const seconds = ((performance.now() - askedAt) / 1000).toFixed(2);
  const left = await engine.deps.tally.count({ orgId: 'flooding', statuses: ['QUEUED'] });
  process.stdout.write(`A run beside ${left} of another tenant's ended after ${seconds} s\n`);
  expect(left).toBeGreaterThan(0);
});
