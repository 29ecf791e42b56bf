import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { assistantIdOf } from '#api/dialects/langgraph/assistants/assistants.ts';
import { Run } from '#api/dialects/langgraph/runs/contract.ts';
import { anAgent, workingAgent } from '../../builders/an-agent.ts';
import {
  aHeldAgent,
  aLangGraph,
  aThreadId,
  human,
  type LangGraph,
  noSuchId,
  said,
} from './a-langgraph.ts';

const Runs = z.array(Run.partial());

async function aThread(graph: LangGraph) {
  await graph.thread({ thread_id: aThreadId });
  return aThreadId;
}

describe('a run on a thread', () => {
  it('is pending first, as the documentation shows it, then a success, and can be joined', async () => {
    const graph = await aLangGraph();
    await aThread(graph);
    const input = human('safe');

    const reply = await graph.send('POST', `/threads/${aThreadId}/runs`, {
      json: { assistant_id: 'worker', input },
    });
    const run = Run.parse(reply.json);
    const values = await graph.join(aThreadId, run.run_id);

    expect(reply.headers['content-location']).toBe(`/threads/${aThreadId}/runs/${run.run_id}`);
    expect(run).toMatchObject({
      thread_id: aThreadId,
      assistant_id: assistantIdOf('worker'),
      status: 'pending',
      multitask_strategy: 'enqueue',
      kwargs: {
        input,
        webhook: null,
        temporary: false,
        stream_mode: ['values'],
        feedback_keys: null,
        interrupt_after: null,
        interrupt_before: null,
        config: {
          metadata: { created_by: 'system' },
          configurable: { run_id: run.run_id, user_id: '', graph_id: 'worker' },
        },
      },
    });
    expect(said(values)).toEqual([
      'human: safe',
      'ai: Now safe.',
      'tool: safe done',
      'ai: safe: ok',
    ]);
    expect((await graph.getRun(aThreadId, run.run_id)).status).toBe('success');
    expect(await graph.getThread(aThreadId)).toMatchObject({
      status: 'idle',
      metadata: { graph_id: 'worker', assistant_id: assistantIdOf('worker') },
      values,
      error: null,
      interrupts: {},
    });
  });

  it('takes the assistant by its id, and brings config and context to the agent', async () => {
    const graph = await aLangGraph([
      anAgent({ id: 'worker', script: ({ prompt }) => ({ text: JSON.stringify(prompt[0]) }) }),
    ]);
    await aThread(graph);

    const values = await graph.wait(aThreadId, {
      assistant_id: assistantIdOf('worker'),
      input: human('go'),
      config: { configurable: { plan: 'gold' } },
      context: { city: 'Ulm' },
    });

    expect(said(values)[1]).toMatch(/gold.*Ulm/);
  });

  it('is made once for one idempotency key', async () => {
    const graph = await aLangGraph();
    await aThread(graph);
    const sent = { headers: { 'idempotency-key': 'once' } };

    const first = await graph.run(aThreadId, { input: human('safe') }, sent);
    const second = await graph.run(aThreadId, { input: human('safe') }, sent);

    expect(second.run_id).toBe(first.run_id);
    const other = { json: { assistant_id: 'worker', input: human('risky') }, ...sent };
    await graph.refused(409, 'POST', `/threads/${aThreadId}/runs`, other);
  });

  it('fails with 200, and leaves its question in the thread', async () => {
    const graph = await aLangGraph([
      anAgent({
        id: 'worker',
        script: () => {
          throw new Error('boom');
        },
      }),
    ]);
    await aThread(graph);

    const values = await graph.wait(aThreadId, { input: human('why') });

    expect(values).toMatchObject({ __error__: { error: 'model_error' } });
    expect(await graph.getThread(aThreadId)).toMatchObject({
      status: 'error',
      error: { error: 'model_error' },
    });
    const state = await graph.state(aThreadId);
    expect(said(state.values)).toEqual(['human: why']);
    expect(state).toMatchObject({ next: ['agent'], tasks: [{ name: 'agent' }] });
    expect(state.tasks[0]?.error).toMatch(/model_error/);
    const runs = await graph.take(Runs, 'GET', `/threads/${aThreadId}/runs`);
    expect(runs).toMatchObject([{ status: 'error' }]);
  });

  it('is listed with the others, the newest first, a page and a choice of fields', async () => {
    const graph = await aLangGraph();
    await aThread(graph);
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      graph.clock.advance(1000);
      ids.unshift((await graph.run(aThreadId, { input: human('safe') })).run_id);
    }
    await graph.join(aThreadId, ids[0] ?? '');
    const list = async (query: Record<string, string>) =>
      graph.take(Runs, 'GET', `/threads/${aThreadId}/runs`, { query });

    expect((await list({})).map(({ run_id }) => run_id)).toEqual(ids);
    expect((await list({ limit: '1', offset: '1' })).map(({ run_id }) => run_id)).toEqual([ids[1]]);
    expect(await list({ status: 'pending' })).toEqual([]);
    expect(await list({ select: '["run_id","status"]', limit: '1' })).toEqual([
      { run_id: ids[0], status: 'success' },
    ]);
    const reply = await graph.call({
      httpMethod: 'GET',
      path: `/threads/${aThreadId}/runs`,
      queryStringParameters: { select: 'status', limit: '1' },
      multiValueQueryStringParameters: { select: ['run_id', 'status'], limit: ['1'] },
    });
    expect(reply.json).toEqual([{ run_id: ids[0], status: 'success' }]);
  });

  it.each([
    [404, { assistant_id: 'worker' }, noSuchId, 'Thread or assistant not found.'],
    [404, { assistant_id: noSuchId }, aThreadId, 'Thread or assistant not found.'],
    [422, { assistant_id: 'nobody' }, aThreadId, /assistant_id/],
    [422, { input: {} }, aThreadId, /assistant_id/],
    [422, { assistant_id: 'worker', multitask_strategy: 'x' }, aThreadId, /multitask_strategy/],
    [422, { assistant_id: 'worker', webhook: 'junk' }, aThreadId, /webhook/i],
    [422, { assistant_id: 'worker', command: { goto: 'nowhere' } }, aThreadId, /goto/],
    [404, { assistant_id: 'worker', checkpoint_id: noSuchId }, aThreadId, /checkpoint/],
  ])('is refused with %i for %j', async (status, json, threadId, detail) => {
    const graph = await aLangGraph();
    await aThread(graph);

    expect(await graph.refused(status, 'POST', `/threads/${threadId}/runs`, { json })).toMatch(
      detail,
    );
  });

  it.each([
    'http://receiver.example/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://localhost/hook',
  ])('is refused with 422 where its webhook leads to %s', async (webhook) => {
    const graph = await aLangGraph();
    await aThread(graph);
    const json = { assistant_id: 'worker', input: human('safe'), webhook };

    const detail = await graph.refused(422, 'POST', `/threads/${aThreadId}/runs`, { json });

    expect(detail).toMatch(/webhook/i);
    expect(await graph.take(Runs, 'GET', `/threads/${aThreadId}/runs`)).toEqual([]);
  });

  it('that takes longer than its agent may is a timeout, and its thread an error', async () => {
    const held = aHeldAgent();
    const graph = await aLangGraph([{ ...held.agent, limits: { maxSeconds: 1 } }]);
    await aThread(graph);
    const { run_id } = await graph.run(aThreadId, { input: human('safe') });
    await held.isAtWork();

    await vi.waitFor(async () => {
      graph.clock.advance(1000);
      expect((await graph.getRun(aThreadId, run_id)).status).toBe('timeout');
    }, 8000);

    expect(await graph.getThread(aThreadId)).toMatchObject({
      status: 'error',
      error: { error: 'timeout' },
    });
  });

  it('makes its thread where it is told to', async () => {
    const graph = await aLangGraph();

    await graph.run(aThreadId, { input: human('safe'), if_not_exists: 'create' });

    expect((await graph.getThread(aThreadId)).thread_id).toBe(aThreadId);
  });

  it('is deleted, at work too, and then unknown', async () => {
    const held = aHeldAgent();
    const graph = await aLangGraph([held.agent]);
    await aThread(graph);
    const { run_id } = await graph.run(aThreadId, { input: human('safe') });
    await held.isAtWork();
    const path = `/threads/${aThreadId}/runs/${run_id}`;

    expect((await graph.send('DELETE', path)).status).toBe(204);

    expect(await graph.refused(404, 'DELETE', path)).toBe('Run not found');
    expect(await graph.refused(404, 'GET', path)).toBe('Not Found');
    expect(await graph.getThread(aThreadId)).toMatchObject({ status: 'idle', values: null });
    await vi.waitFor(() => expect(held.aborted()).toBe(true), 5000);
    await graph.run(aThreadId, { multitask_strategy: 'reject', input: human('safe') });
  });

  it('answers a join of a run that there is not in the body', async () => {
    const graph = await aLangGraph();
    await aThread(graph);

    expect(await graph.join(aThreadId, noSuchId)).toEqual({
      __error__: { error: 'HTTPException', message: '404: Run not found' },
    });
  });

  it('tells who waits too long that it goes on', async () => {
    const held = aHeldAgent();
    const graph = await aLangGraph([held.agent]);
    await aThread(graph);
    const { run_id } = await graph.run(aThreadId, { input: human('safe') });
    await held.isAtWork();

    const joined = graph.join(aThreadId, run_id);
    await vi.waitFor(() => {
      graph.clock.advance(11_000);
      return expect(Promise.race([joined, undefined])).resolves.toBeDefined();
    });

    expect(await joined).toMatchObject({ __error__: { error: 'TimeoutError' } });
    expect((await graph.getRun(aThreadId, run_id)).status).toBe('running');
  });

  it('goes on from a checkpoint of before, on a branch of its own', async () => {
    const graph = await aLangGraph();
    await aThread(graph);
    await graph.wait(aThreadId, { input: human('safe') });
    const [first] = await graph.history(aThreadId);
    await graph.wait(aThreadId, { input: human('risky') });

    const values = await graph.wait(aThreadId, {
      input: human('safe risky'),
      ...(first?.checkpoint_id ? { checkpoint_id: first.checkpoint_id } : {}),
    });

    const asked = said(values).filter((one) => one.startsWith('human'));
    expect(asked).toEqual(['human: safe', 'human: safe risky']);
  });

  it('goes on without input, and changes nothing where nothing is left to do', async () => {
    const graph = await aLangGraph();
    await aThread(graph);
    const before = await graph.wait(aThreadId, { input: human('safe') });

    const after = await graph.wait(aThreadId, {});

    expect(after).toEqual(before);
  });

  it('waits for its time, lets others go before it, and can be cancelled meanwhile', async () => {
    const graph = await aLangGraph();
    await aThread(graph);
    const later = await graph.run(aThreadId, { input: human('risky'), after_seconds: 60 });
    const never = await graph.run(aThreadId, { input: human('risky'), after_seconds: 60 });

    const cancel = await graph.send('POST', `/threads/${aThreadId}/runs/${never.run_id}/cancel`);
    const values = await graph.wait(aThreadId, { input: human('safe') });
    const before = await graph.getRun(aThreadId, later.run_id);
    graph.clock.advance(61_000);
    await graph.join(aThreadId, later.run_id);

    expect(cancel.status).toBe(202);
    expect(said(values)[0]).toBe('human: safe');
    expect(before.status).toBe('pending');
    expect((await graph.getRun(aThreadId, later.run_id)).status).toBe('success');
    expect((await graph.getRun(aThreadId, never.run_id)).status).toBe('interrupted');
    expect(said((await graph.getThread(aThreadId)).values)[4]).toBe('human: risky');
  });
});

describe('a run without a thread', () => {
  it('has one of its own, which goes when it has been used', async () => {
    const graph = await aLangGraph();

    const reply = await graph.send('POST', '/runs', {
      json: { assistant_id: 'worker', input: human('safe') },
    });
    const run = Run.parse(reply.json);
    const values = await graph.join(run.thread_id, run.run_id);

    expect(reply.headers['content-location']).toBe(`/runs/${run.run_id}`);
    expect(run.kwargs).toMatchObject({ temporary: true });
    expect(said(values)).toHaveLength(4);
    graph.clock.advance(301_000);
    await vi.waitFor(() => graph.refused(404, 'GET', `/threads/${run.thread_id}`), 8000);
  });

  it('keeps its thread where it is told to', async () => {
    const graph = await aLangGraph();
    const json = { assistant_id: 'worker', input: human('safe'), on_completion: 'keep' };
    const run = await graph.take(Run, 'POST', '/runs', { json });
    await graph.join(run.thread_id, run.run_id);

    graph.clock.advance(24 * 3600 * 1000);

    expect((await graph.getThread(run.thread_id)).status).toBe('idle');
  });

  it('is waited for', async () => {
    const graph = await aLangGraph();

    const values = await graph.take(z.looseObject({}), 'POST', '/runs/wait', {
      json: { assistant_id: 'worker', input: human('safe'), raise_error: true },
    });

    expect(said(values)).toHaveLength(4);
  });

  it('comes in batches, each of them once for one idempotency key', async () => {
    const graph = await aLangGraph();
    const sent = {
      json: ['safe', 'risky'].map((one) => ({
        assistant_id: 'worker',
        assistantId: 'worker',
        input: human(one),
      })),
      headers: { 'idempotency-key': 'batch' },
    };

    const first = await graph.take(Runs, 'POST', '/runs/batch', sent);
    const second = await graph.take(Runs, 'POST', '/runs/batch', sent);

    expect(first).toHaveLength(2);
    expect(second.map(({ run_id }) => run_id)).toEqual(first.map(({ run_id }) => run_id));
  });
});

describe('cancelling', () => {
  async function atWork() {
    const held = aHeldAgent();
    const graph = await aLangGraph([held.agent]);
    await aThread(graph);
    const { run_id } = await graph.run(aThreadId, { input: human('safe') });
    await held.isAtWork();
    return { held, graph, run_id, path: `/threads/${aThreadId}/runs/${run_id}` };
  }

  it('stops a run and keeps what it has said', async () => {
    const { held, graph, run_id, path } = await atWork();

    const reply = await graph.send('POST', `${path}/cancel`, { query: { wait: '1' } });

    expect(reply.status).toBe(200);
    expect(reply.headers['location']).toBe(`${path}/join`);
    expect(said(reply.json)).toEqual(['human: safe', 'ai: Now safe.']);
    expect(held.aborted()).toBe(true);
    expect((await graph.getRun(aThreadId, run_id)).status).toBe('interrupted');
    expect(await graph.getThread(aThreadId)).toMatchObject({
      status: 'interrupted',
      error: { error: 'UserInterrupt' },
    });
    expect((await graph.state(aThreadId)).next).toEqual(['tools']);
  });

  it('answers at once, without a body, where nobody waits', async () => {
    const { graph, path } = await atWork();

    const reply = await graph.send('POST', `${path}/cancel`, { query: { wait: '0' } });

    expect([reply.status, reply.text]).toEqual([202, '']);
  });

  it('undoes a run', async () => {
    const { graph, path } = await atWork();

    const query = { action: 'rollback', wait: '1' };
    const reply = await graph.send('POST', `${path}/cancel`, { query });

    expect([reply.status, reply.json]).toEqual([200, {}]);
    await graph.refused(404, 'GET', path);
    expect(await graph.getThread(aThreadId)).toMatchObject({ status: 'idle', values: null });
    expect(await graph.history(aThreadId)).toEqual([]);
  });

  it('undoes a run that is still delayed, and leaves no busy thread', async () => {
    const graph = await aLangGraph();
    await aThread(graph);
    const { run_id } = await graph.run(aThreadId, { input: human('safe'), after_seconds: 60 });
    const busy = await graph.getThread(aThreadId);

    const path = `/threads/${aThreadId}/runs/${run_id}`;
    await graph.send('POST', `${path}/cancel`, { query: { action: 'rollback' } });

    expect(busy.status).toBe('busy');
    expect((await graph.getThread(aThreadId)).status).toBe('idle');
    await graph.refused(404, 'GET', path);
    await graph.run(aThreadId, { input: human('safe'), multitask_strategy: 'reject' });
  });

  it('leaves idle a thread whose run had not begun', async () => {
    const { graph } = await atWork();
    const queued = await graph.run(aThreadId, { input: human('safe') });
    const path = `/threads/${aThreadId}/runs/${queued.run_id}`;

    await graph.send('POST', `${path}/cancel`);

    expect((await graph.getRun(aThreadId, queued.run_id)).status).toBe('interrupted');
    expect((await graph.getThread(aThreadId)).status).toBe('busy');
  });

  it('refuses what has ended, and what there is not', async () => {
    const graph = await aLangGraph();
    await aThread(graph);
    const { run_id } = await graph.run(aThreadId, { input: human('safe') });
    await graph.join(aThreadId, run_id);
    const cancel = (id: string) =>
      graph.refused(404, 'POST', `/threads/${aThreadId}/runs/${id}/cancel`);

    expect(await cancel(run_id)).toMatch(/^No matching runs to cancel\./);
    expect(await cancel(noSuchId)).toBe('No runs found to cancel.');
  });

  it('takes several, of a thread or in a status', async () => {
    const { graph, run_id } = await atWork();
    const queued = await graph.run(aThreadId, { input: human('safe') });

    const one = await graph.send('POST', '/runs/cancel', {
      json: { thread_id: aThreadId, run_ids: [queued.run_id] },
    });
    const all = await graph.send('POST', '/runs/cancel', { json: { status: 'all' } });

    expect([one.status, all.status]).toEqual([204, 204]);
    for (const id of [run_id, queued.run_id])
      expect((await graph.getRun(aThreadId, id)).status).toBe('interrupted');
    const json = { status: 'all' };
    expect(await graph.refused(404, 'POST', '/runs/cancel', { json })).toBe(
      'No runs found to cancel.',
    );
    await graph.refused(422, 'POST', '/runs/cancel', { json: {} });
  });
});

describe('a second run on a busy thread', () => {
  async function second(body: object) {
    const held = aHeldAgent();
    const graph = await aLangGraph([held.agent]);
    await aThread(graph);
    const first = await graph.run(aThreadId, { input: human('safe') });
    await held.isAtWork();
    const sent = { json: { assistant_id: 'worker', input: human('other'), ...body } };
    const reply = await graph.send('POST', `/threads/${aThreadId}/runs`, sent);
    return { held, graph, first, reply };
  }

  it('waits for the first', async () => {
    const { held, graph, first, reply } = await second({});
    held.letGo();

    const values = await graph.join(aThreadId, Run.parse(reply.json).run_id);

    expect((await graph.getRun(aThreadId, first.run_id)).status).toBe('success');
    expect(said(values).filter((one) => one.startsWith('human'))).toEqual([
      'human: safe',
      'human: other',
    ]);
  });

  it('is refused where it wants no other', async () => {
    const { reply } = await second({ multitask_strategy: 'reject' });

    expect(reply.status).toBe(409);
    expect(reply.json).toEqual({
      detail:
        'Thread is already running a task. Wait for it to finish or choose a different multitask strategy.',
    });
  });

  it('interrupts the first, and goes on from what that has said', async () => {
    const { held, graph, first, reply } = await second({ multitask_strategy: 'interrupt' });

    const interrupted = await graph.getRun(aThreadId, first.run_id);
    const values = await graph.join(aThreadId, Run.parse(reply.json).run_id);

    expect(interrupted).toMatchObject({ status: 'interrupted', cancel_reason: 'superseded' });
    expect(held.aborted()).toBe(true);
    expect(said(values).slice(0, 3)).toEqual(['human: safe', 'ai: Now safe.', 'human: other']);
    expect((await graph.getThread(aThreadId)).status).toBe('idle');
  });

  it('undoes the first', async () => {
    const { graph, first, reply } = await second({ multitask_strategy: 'rollback' });

    const values = await graph.join(aThreadId, Run.parse(reply.json).run_id);

    await graph.refused(404, 'GET', `/threads/${aThreadId}/runs/${first.run_id}`);
    expect(said(values)[0]).toBe('human: other');
  });
});

it('a run of another dialect is a run of its thread, and the other way round', async () => {
  const graph = await aLangGraph([workingAgent(() => undefined)]);
  const sync = await graph.call({
    path: '/api/agents/worker/runs',
    json: { message: 'safe', sessionId: aThreadId },
  });
  const { runId } = z.object({ runId: z.string() }).parse(sync.json);

  const values = await graph.wait(aThreadId, { input: human('risky') });
  const runs = await graph.take(Runs, 'GET', `/threads/${aThreadId}/runs`);
  const status = await graph.call({
    path: `/api/agents/worker/runs/run_${runs[0]?.run_id}/status`,
  });

  expect(said(values).filter((one) => one.startsWith('human'))).toEqual([
    'human: safe',
    'human: risky',
  ]);
  expect(runs.map(({ run_id }) => `run_${run_id}`)).toContain(runId);
  expect(status.json).toMatchObject({ status: 'COMPLETED', sessionId: aThreadId });
});
