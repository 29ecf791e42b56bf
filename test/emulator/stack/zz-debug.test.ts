import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';
import { finance, question } from '../../conformance/agents.ts';
import { makeBatch } from '../../conformance/batches.ts';
import { us } from '../../conformance/client.ts';
import { environmentOf } from './deployed-functions.ts';

it('debug', async () => {
  const { BATCH_MACHINE_ARN: stateMachineArn = '' } = await environmentOf('Sweep');
  const sfn = makeClient(SFNClient);
  const { batch } = await makeBatch(us, { agentId: finance, items: [{ message: question }] });
  await new Promise((go) => setTimeout(go, 15_000));
  const list = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  console.log(JSON.stringify(list.executions));
  for (const one of list.executions ?? []) {
    const { events = [] } = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn: one.executionArn }),
    );
    console.log(JSON.stringify(events).slice(0, 4000));
  }
  expect(batch).toBeDefined();
});
