import { describe, expect, it } from 'vitest';
import { finance, priceAsked, question, slow, workFor } from '../agents.ts';
import { eventually } from '../eventually.ts';
import { answerIn, aThread, clientOf, type Sdk, said, sdks } from './sdk.ts';

/** A thread with a run at work. */
async function aBusyThread(sdk: Sdk) {
  const client = clientOf(sdk);
  const thread = await aThread(client);
  const { run_id } = await client.runs.create(thread, slow, { input: said(workFor(60)) });
  await eventually('running', async () => {
    const { status } = await client.runs.get(thread, run_id);
    return status === 'running' || undefined;
  });
  return { client, thread, first: run_id };
}

describe.each(sdks)('with the JavaScript SDK %s a second run in a busy thread', (sdk) => {
  it('waits its turn', async () => {
    const { client, thread, first } = await aBusyThread(sdk);

    const second = await client.runs.create(thread, finance, {
      input: said(question),
      multitaskStrategy: 'enqueue',
    });
    const before = await client.runs.get(thread, second.run_id);
    await client.runs.cancel(thread, first);
    const values = await client.runs.join(thread, second.run_id);

    expect(before).toMatchObject({ status: 'pending', multitask_strategy: 'enqueue' });
    expect(answerIn(values)).toContain(priceAsked);
  });

  it('may be refused', async () => {
    const { client, thread, first } = await aBusyThread(sdk);

    const second = client.runs.create(thread, finance, {
      input: said(question),
      multitaskStrategy: 'reject',
    });

    await expect(second).rejects.toMatchObject({ status: 409 });
    await client.runs.cancel(thread, first);
  });

  it('may interrupt the first', async () => {
    const { client, thread, first } = await aBusyThread(sdk);

    const values = await client.runs.wait(thread, finance, {
      input: said(question),
      multitaskStrategy: 'interrupt',
    });

    expect(answerIn(values)).toContain(priceAsked);
    expect(await client.runs.get(thread, first)).toMatchObject({ status: 'interrupted' });
  });

  it('may undo the first', async () => {
    const { client, thread, first } = await aBusyThread(sdk);

    const values = await client.runs.wait(thread, finance, {
      input: said(question),
      multitaskStrategy: 'rollback',
    });

    expect(answerIn(values)).toContain(priceAsked);
    expect(JSON.stringify(values)).not.toContain(workFor(60));
    await expect(client.runs.get(thread, first)).rejects.toMatchObject({ status: 404 });
  });
});
