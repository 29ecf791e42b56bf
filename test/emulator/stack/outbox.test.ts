import { expect, it } from 'vitest';
import { outboxKey } from '#core/store/keys.ts';
import { finance, question } from '../../conformance/agents.ts';
import { eventually } from '../../conformance/eventually.ts';
import { listenToTheBus } from './bus-listener.ts';
import { invoke, nameOf } from './deployed-functions.ts';
import { aStoredRun, deployedDeps, keyOfRun } from './deployment.ts';

it('loses no change of status, and fails by none, where the stream tells of it again', async () => {
  const hear = await listenToTheBus();
  const deps = await deployedDeps();
  const run = await aStoredRun(deps, finance, question);
  const key = outboxKey(keyOfRun(run), 1);
  const record = {
    eventName: 'INSERT',
    dynamodb: { Keys: { pk: { S: key.pk }, sk: { S: key.sk } } },
  };
  const outbox = await nameOf('Outbox');

  const answers = await Promise.all([
    invoke(outbox, { Records: [record, record] }),
    invoke(outbox, { Records: [record] }),
  ]);
  const late = await invoke(outbox, { Records: [record] });

  const taken = { batchItemFailures: [] };
  expect([...answers, late]).toEqual([taken, taken, taken]);
  const told = await eventually('the run was told of', async () => {
    const statuses = await hear(run.id);
    return statuses.length > 0 ? statuses : undefined;
  });
  expect(new Set(told)).toEqual(new Set(['QUEUED']));
  expect(await deps.store.get(key)).toBeUndefined();
});
