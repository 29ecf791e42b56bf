import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Run } from '#api/dialects/langgraph/runs/contract.ts';
import { Thread } from '#api/dialects/langgraph/threads/contract.ts';
import { anAgent, type Effect, workingAgent } from '../../builders/an-agent.ts';
import { aLangGraph, aThreadId, human, said } from './a-langgraph.ts';

const Runs = z.array(Run);
const Threads = z.array(Thread);

/** A thread whose agent asks before it calls `guarded`. */
async function anInterruptedThread(message = 'guarded') {
  const effects: Effect[] = [];
  const graph = await aLangGraph([workingAgent((effect) => void effects.push(effect))]);
  await graph.thread({ thread_id: aThreadId });
  const run = await graph.run(aThreadId, { input: human(message) });
  const values = await graph.join(aThreadId, run.run_id);
  const answer = (resume: z.infer<ReturnType<typeof z.json>>) =>
    graph.wait(aThreadId, { command: { resume } });
  return { graph, effects, run, values, answer };
}

describe('a run that asks a person', () => {
  it('is a success, and its thread is interrupted', async () => {
    const { graph, run, values } = await anInterruptedThread();

    const value = {
      action_requests: [
        { name: 'guarded', args: { n: 0 }, description: 'guarded needs an approval.' },
      ],
      review_configs: [
        {
          action_name: 'guarded',
          allowed_decisions: ['approve', 'edit', 'reject', 'respond'],
        },
      ],
    };
    const thread = await graph.getThread(aThreadId);
    const state = await graph.state(aThreadId);
    const [interrupts = []] = Object.values(thread.interrupts ?? {});
    expect(values).toMatchObject({ __interrupt__: [{ value, response_schema: null }] });
    expect((await graph.getRun(aThreadId, run.run_id)).status).toBe('success');
    expect(thread.status).toBe('interrupted');
    expect(interrupts).toMatchObject([{ value }]);
    expect(state.next).toEqual(['tools']);
    expect(state.tasks).toMatchObject([{ name: 'tools', interrupts: [{ value }] }]);
    expect(state.interrupts).toEqual(interrupts);
    expect(Object.keys(thread.interrupts ?? {})).toEqual([state.tasks[0]?.id]);
    expect(
      await graph.take(Threads, 'POST', '/threads/search', { json: { status: 'interrupted' } }),
    ).toMatchObject([{ thread_id: aThreadId }]);
  });

  it('goes on as a new run when it is answered, of which both ids can be read', async () => {
    const { graph, run } = await anInterruptedThread();
    const command = { resume: { decisions: [{ type: 'approve' }] } };
    graph.clock.advance(1000);

    const resumed = await graph.run(aThreadId, { command, metadata: { by: 'me' } });
    const values = await graph.join(aThreadId, resumed.run_id);

    const runs = await graph.take(Runs, 'GET', `/threads/${aThreadId}/runs`);
    expect(resumed.run_id).not.toBe(run.run_id);
    expect(resumed).toMatchObject({ metadata: { by: 'me' }, kwargs: { command, input: null } });
    expect(said(values).at(-1)).toBe('ai: guarded: ok');
    expect(runs.map(({ run_id, status }) => [run_id, status])).toEqual([
      [resumed.run_id, 'success'],
      [run.run_id, 'success'],
    ]);
    expect(await graph.join(aThreadId, run.run_id)).toEqual(values);
    expect((await graph.getThread(aThreadId)).status).toBe('idle');
    const [latest, asked] = await graph.history(aThreadId);
    expect([latest?.metadata?.['run_id'], asked?.metadata?.['run_id']]).toEqual([
      resumed.run_id,
      resumed.run_id,
    ]);
  });

  it.each([
    [true],
    ['approve'],
    [{ type: 'accept' }],
    [{ type: 'approve' }],
    [[{ type: 'accept', args: null }]],
    [{ decisions: [{ type: 'approve' }] }],
  ])('takes %j for a yes', async (resume) => {
    const { answer, effects } = await anInterruptedThread();

    await answer(resume);

    expect(effects).toHaveLength(1);
  });

  it.each([
    [false, 'A person refused this call.'],
    ['reject', 'A person refused this call.'],
    [{ type: 'ignore' }, 'A person refused this call.'],
    [{ decisions: [{ type: 'reject', message: 'not today' }] }, 'not today'],
  ])('takes %j for a no', async (resume, reason) => {
    const { answer, effects } = await anInterruptedThread();

    const values = await answer(resume);

    expect(effects).toEqual([]);
    expect(said(values)).toContain(`tool: Rejected: ${reason}`);
  });

  it.each([
    [{ decisions: [{ type: 'edit', edited_action: { name: 'guarded', args: { n: 7 } } }] }],
    [{ type: 'edit', args: { action: 'guarded', args: { n: 7 } } }],
    [[{ type: 'edit', args: { n: 7 } }]],
  ])('makes the call with other arguments for %j', async (resume) => {
    const { graph, answer, effects } = await anInterruptedThread();

    await answer(resume);

    const runs = await graph.take(Runs, 'GET', `/threads/${aThreadId}/runs`);
    const calls = await graph.call({ path: `/api/runs/${runs.at(-1)?.run_id}/tool-calls` });
    expect(effects).toHaveLength(1);
    expect(calls.json).toMatchObject({ toolCalls: [{ arguments: { n: 7 } }] });
  });

  it.each([
    [{ decisions: [{ type: 'respond', message: 'it is blue' }] }],
    [{ type: 'response', args: 'it is blue' }],
  ])('tells the agent the result instead of making the call for %j', async (resume) => {
    const { answer, effects } = await anInterruptedThread();

    const values = await answer(resume);

    expect(effects).toEqual([]);
    expect(said(values)).toContain('tool: it is blue');
  });

  it.each([
    ['perhaps'],
    [{ type: 'shrug' }],
    [{ decisions: [] }],
    [{ decisions: [{ type: 'approve' }, { type: 'approve' }] }],
    [{ decisions: [{ type: 'edit' }] }],
    [{ decisions: [{ type: 'edit', edited_action: { name: 'risky', args: {} } }] }],
    [{ decisions: [{ type: 'edit', edited_action: { name: 'guarded', args: { n: 'x' } } }] }],
    [7],
  ])('refuses %j, and waits on', async (resume) => {
    const { graph, effects } = await anInterruptedThread();
    const json = { assistant_id: 'worker', command: { resume } };

    await graph.refused(422, 'POST', `/threads/${aThreadId}/runs`, { json });

    expect(effects).toEqual([]);
    expect((await graph.getThread(aThreadId)).status).toBe('interrupted');
  });

  it('takes an answer by the id of what it answers', async () => {
    const { graph, answer, effects } = await anInterruptedThread();
    const { interrupts } = await graph.state(aThreadId);

    await answer({ [interrupts[0]?.id ?? '']: { decisions: [{ type: 'approve' }] } });

    expect(effects).toHaveLength(1);
  });

  it('may ask again: each part of it is a run that was a success', async () => {
    const { graph, run, effects } = await anInterruptedThread('guarded guarded');

    const second = await graph.run(aThreadId, { command: { resume: true } });
    const asked = await graph.join(aThreadId, second.run_id);
    const between = await graph.getThread(aThreadId);
    const third = await graph.run(aThreadId, { command: { resume: true } });
    const values = await graph.join(aThreadId, third.run_id);

    expect(asked).toHaveProperty('__interrupt__');
    expect(between.status).toBe('interrupted');
    expect(values).not.toHaveProperty('__interrupt__');
    expect(effects).toHaveLength(2);
    for (const { run_id } of [run, second, third])
      expect((await graph.getRun(aThreadId, run_id)).status).toBe('success');
  });

  it('is answered once for one idempotency key', async () => {
    const { graph, effects } = await anInterruptedThread('guarded guarded');
    const sent = { headers: { 'idempotency-key': 'answer' } };

    const first = await graph.run(aThreadId, { command: { resume: true } }, sent);
    await graph.join(aThreadId, first.run_id);
    const second = await graph.run(aThreadId, { command: { resume: true } }, sent);

    expect(second.run_id).toBe(first.run_id);
    expect(effects).toHaveLength(1);
    expect((await graph.getThread(aThreadId)).status).toBe('interrupted');
  });

  it('is answered once for one idempotency key, when nothing waits for an answer any more too', async () => {
    const { graph, effects } = await anInterruptedThread();
    const sent = { headers: { 'idempotency-key': 'answer' } };

    const first = await graph.run(aThreadId, { command: { resume: true } }, sent);
    await graph.join(aThreadId, first.run_id);
    const second = await graph.run(aThreadId, { command: { resume: true } }, sent);

    expect(second).toMatchObject({ run_id: first.run_id, status: 'success' });
    expect(effects).toHaveLength(1);
  });

  it('gives way to a new message, and its call is never made', async () => {
    const { graph, run, effects } = await anInterruptedThread();

    const values = await graph.wait(aThreadId, { input: human('safe') });

    expect(said(values).filter((one) => one.startsWith('human'))).toEqual([
      'human: guarded',
      'human: safe',
    ]);
    expect(effects.map(({ tool }) => tool)).toEqual(['safe']);
    expect((await graph.getRun(aThreadId, run.run_id)).status).toBe('success');
    expect((await graph.getThread(aThreadId)).status).toBe('idle');
  });

  it('lets a new message in that wants no busy thread', async () => {
    const { graph } = await anInterruptedThread();

    await graph.run(aThreadId, { input: human('safe'), multitask_strategy: 'reject' });
  });

  it('can be answered in another dialect', async () => {
    const { graph, run, effects } = await anInterruptedThread();

    const decided = await graph.call({
      path: `/api/runs/${run.run_id}/decision`,
      json: { decision: 'APPROVE' },
    });
    const values = await graph.join(aThreadId, run.run_id);

    expect(decided.status).toBe(200);
    expect(values).toBeDefined();
    expect(effects.length).toBeLessThanOrEqual(1);
  });

  it('asks a person who has cancelled it what else is to be done, and cannot be cancelled twice', async () => {
    const { graph, run } = await anInterruptedThread();
    const path = `/threads/${aThreadId}/runs/${run.run_id}/cancel`;

    expect(await graph.refused(404, 'POST', path)).toMatch(/^No matching runs/);
  });
});

describe('an answer to nothing', () => {
  it('changes nothing', async () => {
    const graph = await aLangGraph();
    await graph.thread({ thread_id: aThreadId });
    const before = await graph.wait(aThreadId, { input: human('safe') });

    const after = await graph.wait(aThreadId, { command: { resume: true } });

    expect(after).toEqual(before);
  });

  it('is an error where it has to be one', async () => {
    const graph = await aLangGraph();
    await graph.thread({ thread_id: aThreadId });
    const json = { assistant_id: 'worker', command: { resume: true }, strict_resume: true };

    await graph.refused(422, 'POST', `/threads/${aThreadId}/runs`, { json });
  });
});

it.each([
  ['a delay', { after_seconds: 30 }, /after_seconds/],
  ['a webhook that is none', { webhook: 'junk' }, /webhook/],
])('an answer with %s is refused, and the question stays', async (_, extra, reason) => {
  const { graph } = await anInterruptedThread();

  const refusal = await graph.refused(422, 'POST', `/threads/${aThreadId}/runs`, {
    json: { assistant_id: 'worker', command: { resume: true }, ...extra },
  });

  expect(JSON.stringify(refusal)).toMatch(reason);
  expect((await graph.getThread(aThreadId)).status).toBe('interrupted');
});

it('an answer through another assistant than the one that asks is refused', async () => {
  const effects: Effect[] = [];
  const asking = workingAgent((effect) => void effects.push(effect));
  const graph = await aLangGraph([asking, anAgent({ id: 'other' })]);
  await graph.thread({ thread_id: aThreadId });
  await graph.wait(aThreadId, { input: human('guarded') });

  const refusal = await graph.refused(422, 'POST', `/threads/${aThreadId}/runs`, {
    json: { assistant_id: 'other', command: { resume: true } },
  });

  expect(JSON.stringify(refusal)).toMatch(/must be worker/);
  expect(effects).toEqual([]);
});
