import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, inject, it } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';
import { StepFunctionsBatchWorkflow } from '#adapters/aws/step-functions-batch-workflow.ts';
import { batchRunId } from '#core/batch/batch-run-id.ts';
import { finance, question } from '../../conformance/agents.ts';
import { batchOf, makeBatch, resultsOf } from '../../conformance/batches.ts';
import { us } from '../../conformance/client.ts';
import { eventually } from '../../conformance/eventually.ts';
import { RunPage } from '../../conformance/wire-of-longrun.ts';
import { environmentOf, nameOf } from './deployed-functions.ts';
import { killWorkerOf } from './kill-worker.ts';

const lines = 200;
const sfn = makeClient(SFNClient);

it('runs each line once of a batch whose worker and execution die in the middle', {
  timeout: 400_000,
}, async () => {
  const { BATCH_MACHINE_ARN: stateMachineArn = '' } = await environmentOf('Sweep');
  const items = Array.from({ length: lines }, () => ({ message: question }));
  const { batch } = await makeBatch(us, { agentId: finance, items });
  await eventually('some lines are submitted', async () =>
    (await batchOf(us, batch.id)).counts.QUEUED > 0 ? true : undefined,
  );

  const killed = await killWorkerOf(await nameOf('SubmitChunk')).then(
    () => true,
    () => false,
  );
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${batch.id}-1`;
  await sfn.send(new StopExecutionCommand({ executionArn }));
  const workflow = new StepFunctionsBatchWorkflow({ client: sfn, stateMachineArn });
  await workflow.start({ orgId: 'dev', batchId: batch.id, attempt: 2 });

  let ended = await batchOf(us, batch.id);
  while (ended.endedAt === null) {
    await sleep(1000);
    ended = await batchOf(us, batch.id);
  }
  const { lines: results } = await resultsOf(us, batch);
  process.stdout.write(
    `batch of ${lines} lines on the emulator; submit worker killed: ${killed}\n`,
  );
  expect(ended).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: lines } });
  expect(results.map(({ runId }) => runId)).toEqual(
    Array.from({ length: lines }, (_, i) => batchRunId(batch.id, i + 1)),
  );
});

it('starts a batch by an event on the bus, and one only of an event that comes twice', async () => {
  const { BusName: EventBusName } = inject('stacks');
  const mark = `importer-${randomUUID()}`;
  const detail = {
    orgId: 'dev',
    agentId: finance,
    items: [{ message: question }],
    defaults: { userId: mark },
    idempotencyPrefix: mark,
  };
  const entry = {
    EventBusName,
    Source: 'my.import',
    DetailType: 'Agent Run Batch Requested',
    Detail: JSON.stringify(detail),
  };

  await makeClient(EventBridgeClient).send(new PutEventsCommand({ Entries: [entry, entry] }));

  const runs = await eventually('the line has run', async () => {
    const { body } = await us.call(RunPage, 'GET', `/api/runs?userId=${mark}`);
    return body.runs.some(({ status }) => status === 'COMPLETED') ? body.runs : undefined;
  });
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ priority: 'low', submittedBy: 'event:my.import' });
});
