import { describe, expect, it } from 'vitest';
import { finance, ops, priceAsked, question, sendEmail } from '../agents.ts';
import { answerIn, aThread, clientOf, dataOf, said, sdks, stream, told, valuesOf } from './sdk.ts';

describe.each(sdks)('with the JavaScript SDK %s a run with breakpoints', (sdk) => {
  const client = clientOf(sdk);

  it('stops before the tools, and goes on when it is told nothing more', async () => {
    const thread = await aThread(client);

    const values = await client.runs.wait(thread, finance, {
      input: said(question),
      interruptBefore: ['tools'],
    });
    const stopped = await client.threads.get(thread);
    const state = await client.threads.getState(thread);
    const rest = await client.runs.wait(thread, finance, {});

    expect(valuesOf(values)).not.toHaveProperty('__interrupt__');
    expect(valuesOf(values).messages.map(({ type }) => type)).toEqual(['human', 'ai']);
    expect(stopped).toMatchObject({ status: 'interrupted', interrupts: {} });
    expect(state).toMatchObject({ next: ['tools'], tasks: [{ name: 'tools', interrupts: [] }] });
    expect(answerIn(rest)).toContain(priceAsked);
    expect(await client.threads.get(thread)).toMatchObject({ status: 'idle' });
    expect(await client.runs.list(thread)).toMatchObject([
      { status: 'success' },
      { status: 'success' },
    ]);
  });

  it('stops after the tools in its stream, which goes on from there', async () => {
    const thread = await aThread(client);
    const streamMode = 'updates' as const;

    const first = await told(
      stream(client, thread, finance, {
        input: said(question),
        streamMode,
        interruptAfter: ['tools'],
      }),
    );
    const { next } = await client.threads.getState(thread);
    const rest = await told(stream(client, thread, finance, { streamMode }));

    expect(dataOf('updates', first).at(-1)).toHaveProperty('tools');
    expect(next).toEqual(['agent']);
    expect(dataOf('updates', rest)).toMatchObject([{ agent: {} }]);
  });

  it('is dropped for a new message', async () => {
    const thread = await aThread(client);
    await client.runs.wait(thread, finance, { input: said(question), interruptBefore: '*' });

    const values = await client.runs.wait(thread, finance, { input: said(question) });

    expect(answerIn(values)).toContain(priceAsked);
    expect(await client.threads.get(thread)).toMatchObject({ status: 'idle' });
  });

  it('still asks a person', async () => {
    const thread = await aThread(client);
    await client.runs.wait(thread, ops, { input: said(sendEmail), interruptBefore: ['tools'] });

    const asked = await client.runs.wait(thread, ops, {});

    expect(valuesOf(asked)).toHaveProperty('__interrupt__');
  });

  it('has no other nodes than an agent has', async () => {
    const thread = await aThread(client);
    const run = client.runs.create(thread, finance, {
      input: said(question),
      interruptBefore: ['nowhere'],
    });

    await expect(run).rejects.toMatchObject({ status: 422 });
  });

  it('asks its model no more often than its recursion limit says', async () => {
    const thread = await aThread(client);
    const run = await client.runs.create(thread, finance, {
      input: said(question),
      config: { recursion_limit: 1 },
    });

    const values = await client.runs.join(thread, run.run_id);

    expect(values).toMatchObject({ __error__: { error: 'GraphRecursionError' } });
    expect(await client.runs.get(thread, run.run_id)).toMatchObject({ status: 'error' });
  });
});
