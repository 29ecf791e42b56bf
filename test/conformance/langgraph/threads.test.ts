import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { finance, question } from '../agents.ts';
import { eventually } from '../eventually.ts';
import { answerIn, aThread, clientOf, said, sdks, them, valuesOf } from './sdk.ts';

describe.each(sdks)('with the JavaScript SDK %s a thread', (sdk) => {
  const client = clientOf(sdk);

  it('is made, read, changed, found and deleted', async () => {
    const mark = randomUUID();
    const made = await client.threads.create({ metadata: { mark } });

    await client.threads.update(made.thread_id, { metadata: { more: 'yes' } });
    const found = await eventually('found by its metadata', async () => {
      const threads = await client.threads.search({ metadata: { mark } });
      return threads.length > 0 ? threads : undefined;
    });
    await client.threads.delete(made.thread_id);

    expect(made).toMatchObject({ status: 'idle', metadata: { mark }, values: null });
    expect(found).toMatchObject([{ thread_id: made.thread_id, metadata: { mark, more: 'yes' } }]);
    await expect(client.threads.get(made.thread_id)).rejects.toMatchObject({ status: 404 });
  });

  it('has an id that the caller may choose, once', async () => {
    const threadId = randomUUID();
    await client.threads.create({ threadId });

    await expect(client.threads.create({ threadId })).rejects.toMatchObject({ status: 409 });
    const again = await client.threads.create({ threadId, ifExists: 'do_nothing' });
    await client.threads.delete(threadId);

    expect(again.thread_id).toBe(threadId);
  });

  it('has a state, and a history of states, the newest first', async () => {
    const thread = await aThread(client);
    await client.runs.wait(thread, finance, { input: said(question) });

    const state = await client.threads.getState(thread);
    const history = await client.threads.getHistory(thread, { limit: 100 });
    const earlier = history.at(1)?.checkpoint;
    const before = await client.threads.getState(thread, earlier ?? '');

    expect(state).toMatchObject({ next: [], tasks: [] });
    expect(history[0]?.checkpoint).toEqual(state.checkpoint);
    expect(valuesOf(before.values).messages.length).toBeLessThan(
      valuesOf(state.values).messages.length,
    );
  });

  it('without a run has an empty state', async () => {
    const thread = await aThread(client);

    expect(await client.threads.getState(thread)).toMatchObject({ values: {}, next: [] });
    expect(await client.threads.getHistory(thread)).toEqual([]);
  });

  it('can be written into, and a run goes on from there', async () => {
    const thread = await aThread(client);
    await client.runs.wait(thread, finance, { input: said(question) });

    await client.threads.updateState(thread, { values: said('Let us talk about MSFT.') });
    const state = await client.threads.getState(thread);

    expect(answerIn(state.values)).toBe('Let us talk about MSFT.');
  });

  it('can be copied', async () => {
    const thread = await aThread(client);
    await client.runs.wait(thread, finance, { input: said(question) });

    const copy = await client.threads.copy(thread);
    const { values } = await client.threads.getState(copy.thread_id);
    const original = await client.threads.getState(thread);
    await client.threads.delete(copy.thread_id);

    expect(copy.thread_id).not.toBe(thread);
    expect(answerIn(values)).toBe(answerIn(original.values));
  });

  it('of another tenant is not there', async () => {
    const thread = await aThread(client);

    await expect(them(sdk).threads.get(thread)).rejects.toMatchObject({ status: 404 });
    await expect(them(sdk).threads.getState(thread)).rejects.toMatchObject({ status: 404 });
    await expect(them(sdk).threads.delete(thread)).rejects.toMatchObject({ status: 404 });
  });
});
