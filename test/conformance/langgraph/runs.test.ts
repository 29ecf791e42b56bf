import { describe, expect, it } from 'vitest';
import { finance, ops, priceAsked, question, sendEmail, slow, workFor } from '../agents.ts';
import { eventually } from '../eventually.ts';
import { answerIn, aThread, clientOf, said, sdks, them, valuesOf } from './sdk.ts';

describe.each(sdks)('with the JavaScript SDK %s a run', (sdk) => {
  const client = clientOf(sdk);

  it('in the background is pending, then a success with an answer', async () => {
    const thread = await aThread(client);

    const created = await client.runs.create(thread, finance, {
      input: said(question),
      metadata: { ticket: '42' },
    });
    const values = await client.runs.join(thread, created.run_id);

    expect(created).toMatchObject({
      thread_id: thread,
      status: 'pending',
      metadata: { ticket: '42' },
    });
    expect(answerIn(values)).toContain(priceAsked);
    expect(await client.runs.get(thread, created.run_id)).toMatchObject({ status: 'success' });
  });

  it('that is waited for answers', async () => {
    const thread = await aThread(client);

    const values = await client.runs.wait(thread, finance, { input: said(question) });

    expect(answerIn(values)).toContain(priceAsked);
  });

  it('needs no thread', async () => {
    const values = await client.runs.wait(null, finance, { input: said(question) });

    expect(valuesOf(values).messages.map(({ type }) => type)).toContain('tool');
    expect(answerIn(values)).toContain(priceAsked);
  });

  it('knows what was said before in its thread', async () => {
    const thread = await aThread(client);
    await client.runs.wait(thread, finance, { input: said(question) });

    const values = await client.runs.wait(thread, finance, { input: said('And of MSFT?') });

    expect(answerIn(values)).toContain('MSFT');
    expect(valuesOf(values).messages.filter(({ type }) => type === 'human')).toHaveLength(2);
  });

  it('is listed in its thread, the newest first, with the fields that are asked for', async () => {
    const thread = await aThread(client);
    const first = await client.runs.create(thread, finance, { input: said(question) });
    const second = await client.runs.create(thread, finance, { input: said(question) });
    await client.runs.join(thread, second.run_id);

    const listed = await client.runs.list(thread);
    const selected = await client.runs.list(thread, { limit: 1, select: ['run_id', 'status'] });

    expect(listed.map(({ run_id }) => run_id)).toEqual([second.run_id, first.run_id]);
    expect(selected).toEqual([{ run_id: second.run_id, status: 'success' }]);
  });

  it('may be one of a batch', async () => {
    const runs = await client.runs.createBatch(
      [1, 2].map(() => ({ assistantId: finance, input: said(question) })),
    );

    expect(new Set(runs.map(({ run_id }) => run_id)).size).toBe(2);
  });

  it('at work can be cancelled', async () => {
    const thread = await aThread(client);
    const { run_id } = await client.runs.create(thread, slow, { input: said(workFor(60)) });
    await eventually('running', async () => {
      const { status } = await client.runs.get(thread, run_id);
      return status === 'running' || undefined;
    });

    await client.runs.cancel(thread, run_id, true);

    expect(await client.runs.get(thread, run_id)).toMatchObject({ status: 'interrupted' });
    await expect(client.runs.cancel(thread, run_id)).rejects.toMatchObject({ status: 404 });
  });

  it('that waits for a person is a success, and its thread interrupted', async () => {
    const thread = await aThread(client);

    const values = await client.runs.wait(thread, ops, { input: said(sendEmail) });

    expect(valuesOf(values).__interrupt__).toHaveLength(1);
    expect(await client.runs.list(thread)).toMatchObject([{ status: 'success' }]);
    expect(await client.threads.get(thread)).toMatchObject({ status: 'interrupted' });
  });

  it('of another tenant is not there', async () => {
    const thread = await aThread(client);
    const { run_id } = await client.runs.create(thread, finance, { input: said(question) });

    await expect(them(sdk).runs.get(thread, run_id)).rejects.toMatchObject({ status: 404 });
    await expect(
      them(sdk).runs.create(thread, finance, { input: said(question) }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('of an agent that there is not is refused', async () => {
    const thread = await aThread(client);

    await expect(
      client.runs.create(thread, 'no_such_agent', { input: said(question) }),
    ).rejects.toMatchObject({ status: 422 });
  });
});
