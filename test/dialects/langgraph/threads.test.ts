import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { Thread } from '#api/dialects/langgraph/threads/contract.ts';
import { aHeldAgent, aLangGraph, aThreadId, human, noSuchId, said } from './a-langgraph.ts';

const Threads = z.array(Thread.partial());
const idsOf = (threads: z.infer<typeof Threads>) => threads.map(({ thread_id }) => thread_id);

describe('a thread', () => {
  it('is made empty, as the documentation shows it', async () => {
    const graph = await aLangGraph();

    const thread = await graph.thread();

    expect(Object.keys(thread).sort()).toEqual(
      'config created_at metadata state_updated_at status thread_id updated_at values'.split(' '),
    );
    expect(thread).toMatchObject({ metadata: {}, status: 'idle', config: {}, values: null });
    expect(thread.created_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
    expect(await graph.getThread(thread.thread_id)).toEqual(thread);
  });

  it('is made without a body, as curl does', async () => {
    const graph = await aLangGraph();

    const reply = await graph.send('POST', '/threads');

    expect(reply.status).toBe(200);
  });

  it('takes an id of the caller, once', async () => {
    const graph = await aLangGraph();
    const json = { thread_id: aThreadId, metadata: { a: 1 } };
    const first = await graph.thread(json);

    const refusal = await graph.refused(409, 'POST', '/threads', { json });
    const second = await graph.thread({ ...json, metadata: {}, if_exists: 'do_nothing' });

    expect(first.thread_id).toBe(aThreadId);
    expect(refusal).toBe(`Thread with ID ${aThreadId} already exists`);
    expect(second).toEqual(first);
  });

  it('is made once for one idempotency key', async () => {
    const graph = await aLangGraph();
    const sent = { json: { metadata: { a: 1 } }, headers: { 'idempotency-key': 'k' } };

    const replies = [
      await graph.send('POST', '/threads', sent),
      await graph.send('POST', '/threads', sent),
    ];

    expect(replies[1]?.json).toEqual(replies[0]?.json);
    expect(replies[1]?.headers).toMatchObject({ 'idempotency-replayed': 'true' });
  });

  it('is changed by what it is told, and keeps the rest of its metadata', async () => {
    const graph = await aLangGraph();
    const { thread_id } = await graph.thread({ metadata: { a: 1, b: 1 } });

    const changed = await graph.take(Thread, 'PATCH', `/threads/${thread_id}`, {
      json: { metadata: { b: 2 } },
    });

    expect(changed.metadata).toEqual({ a: 1, b: 2 });
    expect((await graph.getThread(thread_id)).metadata).toEqual({ a: 1, b: 2 });
  });

  it.each([
    ['GET', 'not-a-uuid', 422, 'Invalid thread ID: must be a UUID'],
    ['GET', noSuchId, 404, `Thread with ID ${noSuchId} not found`],
    ['DELETE', noSuchId, 404, `Thread with ID ${noSuchId} not found`],
  ] as const)('is refused to %s where the id is %s', async (method, id, status, detail) => {
    const graph = await aLangGraph();

    expect(await graph.refused(status, method, `/threads/${id}`)).toBe(detail);
  });

  it.each([
    [{ thread_id: 'x' }, 'Invalid thread ID: must be a UUID'],
    [{ if_exists: 'never' }, /if_exists/],
    [{ ttl: { ttl: 5, strategy: 'keep_latest' } }, /no other is served/],
    [{ supersteps: [{}] }, /not served/],
  ])('is not made of %j', async (json, detail) => {
    const graph = await aLangGraph();

    expect(await graph.refused(422, 'POST', '/threads', { json })).toMatch(detail);
  });

  it('says which body is no JSON', async () => {
    const graph = await aLangGraph();

    const reply = await graph.call({
      httpMethod: 'POST',
      path: '/threads',
      body: '{',
    });

    expect([reply.status, reply.json]).toEqual([422, { detail: 'Invalid JSON in request body' }]);
  });

  it('is gone with its runs when it is deleted, and can be made again at once', async () => {
    const graph = await aLangGraph();
    await graph.thread({ thread_id: aThreadId });
    const { run_id } = await graph.run(aThreadId, { input: human('safe') });
    await graph.join(aThreadId, run_id);

    const reply = await graph.send('DELETE', `/threads/${aThreadId}`);

    expect([reply.status, reply.text]).toEqual([204, '']);
    await graph.refused(404, 'GET', `/threads/${aThreadId}`);
    await graph.refused(404, 'GET', `/threads/${aThreadId}/runs/${run_id}`);
    const again = await graph.thread({ thread_id: aThreadId });
    expect(again.values).toBeNull();
    expect(await graph.history(aThreadId)).toEqual([]);
  });

  it('is deleted while it is busy: its run is stopped', async () => {
    const held = aHeldAgent();
    const graph = await aLangGraph([held.agent]);
    await graph.thread({ thread_id: aThreadId });
    const { run_id } = await graph.run(aThreadId, { input: human('safe') });
    await held.isAtWork();
    expect((await graph.getRun(aThreadId, run_id)).status).toBe('running');

    const reply = await graph.send('DELETE', `/threads/${aThreadId}`);

    expect(reply.status).toBe(204);
    await graph.refused(404, 'GET', `/threads/${aThreadId}`);
    await vi.waitFor(() => expect(held.aborted()).toBe(true), 5000);
  });

  it('is deleted by its time to live, with its runs', async () => {
    const graph = await aLangGraph();
    await graph.thread({ thread_id: aThreadId, ttl: { ttl: 1, strategy: 'delete' } });
    const { run_id } = await graph.run(aThreadId, { input: human('safe') });
    await graph.join(aThreadId, run_id);

    graph.clock.advance(61_000);

    await vi.waitFor(() => graph.refused(404, 'GET', `/threads/${aThreadId}`), 8000);
    await graph.refused(404, 'GET', `/threads/${aThreadId}/runs/${run_id}`);
  });

  it('is copied with the call that it waits for', async () => {
    const graph = await aLangGraph();
    const { thread_id } = await graph.thread();
    await graph.wait(thread_id, { input: human('guarded') });

    const copy = await graph.take(Thread, 'POST', `/threads/${thread_id}/copy`);

    expect(said(copy.values)).toEqual(said((await graph.getThread(thread_id)).values));
    expect((await graph.state(copy.thread_id)).next).toEqual(['tools']);
  });

  it('is copied with what was said in it, and goes its own way', async () => {
    const graph = await aLangGraph();
    const { thread_id } = await graph.thread({ metadata: { a: 1 } });
    await graph.wait(thread_id, { input: human('safe') });

    const copy = await graph.take(Thread, 'POST', `/threads/${thread_id}/copy`);
    await graph.wait(copy.thread_id, { input: human('risky') });

    expect(copy.metadata).toMatchObject({ a: 1 });
    expect(said(copy.values)).toEqual(said((await graph.getThread(thread_id)).values));
    expect(said((await graph.getThread(copy.thread_id)).values)).toHaveLength(8);
    expect(said((await graph.getThread(thread_id)).values)).toHaveLength(4);
  });

  it('is pruned with others, unknown ones left out', async () => {
    const graph = await aLangGraph();
    const ids = [await graph.thread(), await graph.thread()].map(({ thread_id }) => thread_id);

    const pruned = await graph.take(z.unknown(), 'POST', '/threads/prune', {
      json: { thread_ids: [...ids, noSuchId], strategy: 'delete' },
    });

    expect(pruned).toEqual({ pruned_count: 2 });
  });
});

describe('the search for threads', () => {
  const search = async (graph: Awaited<ReturnType<typeof aLangGraph>>, json: object) =>
    idsOf(await graph.take(Threads, 'POST', '/threads/search', { json }));

  it('shows the newest first, a page at a time', async () => {
    const graph = await aLangGraph();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      graph.clock.advance(1000);
      ids.unshift((await graph.thread()).thread_id);
    }

    const first = await graph.send('POST', '/threads/search', { json: { limit: 2 } });
    const last = await graph.send('POST', '/threads/search', { json: { limit: 2, offset: 4 } });

    expect(idsOf(Threads.parse(first.json))).toEqual(ids.slice(0, 2));
    expect(first.headers).toMatchObject({ 'x-pagination-next': '2', 'x-pagination-total': '5' });
    expect(idsOf(Threads.parse(last.json))).toEqual(ids.slice(4));
    expect(last.headers['x-pagination-next']).toBeUndefined();
    expect(last.headers['x-pagination-total']).toBe('5');
  });

  it('finds by metadata, by ids, by status and by values', async () => {
    const graph = await aLangGraph();
    const plain = await graph.thread({ metadata: { team: 'a', deep: { x: 1, y: 2 } } });
    const waiting = await graph.thread({ metadata: { team: 'b' } });
    await graph.wait(waiting.thread_id, { input: human('guarded') });

    expect(await search(graph, { metadata: { team: 'a' } })).toEqual([plain.thread_id]);
    expect(await search(graph, { metadata: { deep: { x: 1 } } })).toEqual([plain.thread_id]);
    expect(await search(graph, { metadata: { graph_id: 'worker' } })).toEqual([waiting.thread_id]);
    expect(await search(graph, { ids: [plain.thread_id, noSuchId] })).toEqual([plain.thread_id]);
    expect(await search(graph, { status: 'interrupted' })).toEqual([waiting.thread_id]);
    expect(await search(graph, { status: 'idle' })).toEqual([plain.thread_id]);
    expect(await search(graph, { values: { messages: [{ content: 'guarded' }] } })).toEqual([
      waiting.thread_id,
    ]);
  });

  it('says how many fit in all, whatever it looks for', async () => {
    const graph = await aLangGraph();
    for (const team of ['a', 'a', 'a', 'b']) await graph.thread({ metadata: { team } });
    const totalOf = async (json: object) =>
      (await graph.send('POST', '/threads/search', { json: { limit: 1, ...json } })).headers;

    expect(await totalOf({ metadata: { team: 'a' } })).toMatchObject({
      'x-pagination-total': '3',
      'x-pagination-next': '1',
    });
    expect(await totalOf({ status: 'idle' })).toMatchObject({ 'x-pagination-total': '4' });
    expect(await totalOf({ status: 'busy' })).toMatchObject({ 'x-pagination-total': '0' });
    expect(await totalOf({ offset: 9 })).toMatchObject({ 'x-pagination-total': '4' });
  });

  it('refuses to extract, by name', async () => {
    const graph = await aLangGraph();
    const json = { extract: { last: 'values.messages[-1]' } };

    expect(await graph.refused(422, 'POST', '/threads/search', { json })).toMatch(/extract/);
  });

  it('sorts as it is told, and shows what is chosen', async () => {
    const graph = await aLangGraph();
    const first = await graph.thread();
    graph.clock.advance(1000);
    const second = await graph.thread();
    graph.clock.advance(1000);
    await graph.take(Thread, 'PATCH', `/threads/${first.thread_id}`, { json: { metadata: {} } });

    const json = { sort_by: 'updated_at', sort_order: 'asc' };
    expect(await search(graph, json)).toEqual([second.thread_id, first.thread_id]);
    const chosen = await graph.take(Threads, 'POST', '/threads/search', {
      json: { select: ['thread_id', 'status'], limit: 1 },
    });
    expect(chosen).toEqual([{ thread_id: second.thread_id, status: 'idle' }]);
  });

  it('counts', async () => {
    const graph = await aLangGraph();
    await graph.thread({ metadata: { team: 'a' } });
    await graph.thread();

    expect(await graph.take(z.number(), 'POST', '/threads/count', { json: {} })).toBe(2);
    const json = { metadata: { team: 'a' } };
    expect(await graph.take(z.number(), 'POST', '/threads/count', { json })).toBe(1);
  });
});
