import { expect, it } from 'vitest';
import { aCompletedRun } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { eventually } from '../../conformance/eventually.ts';
import { listenToTheBus } from './bus-listener.ts';

it('tells the bus each status of a run', async () => {
  const hear = await listenToTheBus();

  const { id } = await aCompletedRun(us);

  const statuses = await eventually('the run was told of', async () => {
    const told = await hear(id);
    return told.length >= 3 ? told : undefined;
  });
  expect(new Set(statuses)).toEqual(new Set(['QUEUED', 'RUNNING', 'COMPLETED']));
});
