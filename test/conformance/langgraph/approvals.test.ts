import { describe, expect, it } from 'vitest';
import { ops, sendEmail } from '../agents.ts';
import { answerIn, aThread, clientOf, dataOf, said, sdks, stream, told, valuesOf } from './sdk.ts';

describe.each(sdks)('with the JavaScript SDK %s a person', (sdk) => {
  const client = clientOf(sdk);

  async function anInterruptedThread() {
    const thread = await aThread(client);
    const values = await client.runs.wait(thread, ops, { input: said(sendEmail) });
    const [interrupt] = valuesOf(values).__interrupt__ ?? [];
    return { thread, interrupt };
  }

  it('finds what waits for an answer', async () => {
    const { thread, interrupt } = await anInterruptedThread();

    const found = await client.threads.search({ status: 'interrupted', limit: 100 });
    const { interrupts } = await client.threads.get(thread);
    const state = await client.threads.getState(thread);

    expect(found.map(({ thread_id }) => thread_id)).toContain(thread);
    expect(Object.values(interrupts ?? {}).flat()).toMatchObject([{ id: interrupt?.id }]);
    expect(state).toMatchObject({ next: ['tools'], tasks: [{ name: 'tools' }] });
  });

  it('approves, and the run that follows makes the call', async () => {
    const { thread } = await anInterruptedThread();
    const [asked] = await client.runs.list(thread);

    const values = await client.runs.wait(thread, ops, {
      command: { resume: { decisions: [{ type: 'approve' }] } },
    });

    expect(valuesOf(values)).not.toHaveProperty('__interrupt__');
    expect(valuesOf(values).messages).toContainEqual(
      expect.objectContaining({ type: 'tool', status: 'success' }),
    );
    const runs = await client.runs.list(thread);
    expect(runs).toMatchObject([
      { status: 'success' },
      { run_id: asked?.run_id, status: 'success' },
    ]);
    expect(await client.threads.get(thread)).toMatchObject({ status: 'idle' });
  });

  it('rejects, and is told so in the stream of the run that follows', async () => {
    const { thread } = await anInterruptedThread();

    const parts = await told(
      stream(client, thread, ops, {
        command: { resume: { decisions: [{ type: 'reject', message: 'not today' }] } },
        streamMode: ['updates', 'values'],
      }),
    );

    expect(dataOf('updates', parts)[0]).toMatchObject({
      tools: {
        messages: [
          { type: 'tool', status: 'error', content: expect.stringContaining('not today') },
        ],
      },
    });
    expect(answerIn(dataOf('values', parts).at(-1))).toContain('not today');
  });

  it('says something else, and what was asked is off', async () => {
    const { thread } = await anInterruptedThread();

    const values = await client.runs.wait(thread, ops, { input: said('List the tables.') });

    expect(valuesOf(values)).not.toHaveProperty('__interrupt__');
    expect(await client.threads.get(thread)).toMatchObject({ status: 'idle' });
  });
});
