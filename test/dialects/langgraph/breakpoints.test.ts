import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { scriptedModel } from '#agent/scripted-model.ts';
import { Run, type RunRequest } from '#api/dialects/langgraph/runs/contract.ts';
import { type Effect, workingAgent } from '../../builders/an-agent.ts';
import { aLangGraph, aThreadId, human, said } from './a-langgraph.ts';
import { framesIn } from './told.ts';

const nothing: Partial<RunRequest> = {};
const beforeTools: Partial<RunRequest> = { interrupt_before: ['tools'] };

/** A thread whose agent calls `safe` twice, with what a run of it came to. */
async function aStoppedThread(breakpoints = beforeTools, message = 'safe safe') {
  const effects: Effect[] = [];
  const graph = await aLangGraph([workingAgent((effect) => void effects.push(effect))]);
  await graph.thread({ thread_id: aThreadId });
  const run = await graph.run(aThreadId, { input: human(message), ...breakpoints });
  const values = await graph.join(aThreadId, run.run_id);
  return { graph, effects, run, values };
}

describe('a run with breakpoints', () => {
  it('stops before the tools: a success, its thread interrupted, and nobody is asked', async () => {
    const { graph, effects, run, values } = await aStoppedThread();

    const thread = await graph.getThread(aThreadId);
    const state = await graph.state(aThreadId);
    expect(said(values)).toEqual(['human: safe safe', 'ai: Now safe.']);
    expect(values).not.toHaveProperty('__interrupt__');
    expect(effects).toEqual([]);
    expect(await graph.getRun(aThreadId, run.run_id)).toMatchObject({
      status: 'success',
      kwargs: { interrupt_before: ['tools'] },
    });
    expect(thread).toMatchObject({ status: 'interrupted', interrupts: {} });
    expect(state).toMatchObject({
      next: ['tools'],
      tasks: [{ name: 'tools', interrupts: [] }],
      interrupts: [],
    });
  });

  it.each([
    [{ interrupt_before: ['agent'] }, [['agent'], ['agent'], ['agent']]],
    [{ interrupt_before: ['tools'] }, [['tools'], ['tools']]],
    [{ interrupt_after: ['agent'] }, [['tools'], ['tools']]],
    [{ interrupt_after: ['tools'] }, [['agent'], ['agent']]],
    [{ interrupt_before: '*' }, [['agent'], ['tools'], ['agent'], ['tools'], ['agent']]],
    [{ interrupt_after: '*' }, [['tools'], ['agent'], ['tools'], ['agent']]],
    [{ interrupt_before: [], interrupt_after: [] }, []],
  ] satisfies [Partial<RunRequest>, string[][]][])(
    'with %j stops before %j',
    async (asked, stops) => {
      const { graph, effects } = await aStoppedThread(asked);
      const seen: string[][] = [];

      while ((await graph.getThread(aThreadId)).status === 'interrupted') {
        seen.push((await graph.state(aThreadId)).next);
        await graph.wait(aThreadId, asked);
      }

      expect(seen).toEqual(stops);
      expect(effects).toHaveLength(2);
      expect(said((await graph.state(aThreadId)).values)).toEqual([
        'human: safe safe',
        ...['ai: Now safe.', 'tool: safe done', 'ai: Now safe.', 'tool: safe done'],
        'ai: safe: ok, safe: ok',
      ]);
    },
  );

  it('takes the calls of one turn for one thing to stop at', async () => {
    const twice = workingAgent(() => undefined, {
      model: scriptedModel(({ turn }) =>
        turn > 0
          ? { text: 'done' }
          : {
              toolCalls: [
                { name: 'safe', input: { n: 1 } },
                { name: 'safe', input: { n: 2 } },
              ],
            },
      ),
    });
    const graph = await aLangGraph([twice]);
    await graph.thread({ thread_id: aThreadId });
    await graph.wait(aThreadId, { input: human('both'), interrupt_before: '*' });
    await graph.wait(aThreadId, { interrupt_before: '*' });

    const values = await graph.wait(aThreadId, { interrupt_before: '*' });

    expect(said(values).slice(-2)).toEqual(['tool: safe done', 'tool: safe done']);
    expect((await graph.state(aThreadId)).next).toEqual(['agent']);
  });

  it('shows what it was asked where it stops before its first step', async () => {
    const { graph, values } = await aStoppedThread({ interrupt_before: '*' });

    const state = await graph.state(aThreadId);

    expect(said(values)).toEqual(['human: safe safe']);
    expect(said(state.values)).toEqual(['human: safe safe']);
    expect(state.tasks).toMatchObject([{ name: 'agent', interrupts: [] }]);
  });

  it.each([[nothing], [{ command: { resume: null } }], [{ input: null, command: null }]])(
    'goes on with %j as a new run, which stops nowhere by itself',
    async (body) => {
      const { graph, run, effects } = await aStoppedThread();

      const next = await graph.run(aThreadId, { ...body, metadata: { by: 'me' } });
      const values = await graph.join(aThreadId, next.run_id);

      const runs = await graph.take(z.array(Run), 'GET', `/threads/${aThreadId}/runs`);
      expect(said(values).at(-1)).toBe('ai: safe: ok, safe: ok');
      expect(effects).toHaveLength(2);
      expect(next.metadata).toMatchObject({ by: 'me' });
      expect(runs.map(({ run_id, status }) => [run_id, status])).toEqual([
        [next.run_id, 'success'],
        [run.run_id, 'success'],
      ]);
      expect(await graph.getThread(aThreadId)).toMatchObject({ status: 'idle' });
    },
  );

  it('goes on once for one idempotency key', async () => {
    const { graph } = await aStoppedThread();
    const sent = { headers: { 'idempotency-key': 'on' } };

    const first = await graph.run(aThreadId, beforeTools, sent);
    await graph.join(aThreadId, first.run_id);
    const second = await graph.run(aThreadId, beforeTools, sent);

    expect(second.run_id).toBe(first.run_id);
    expect(await graph.getThread(aThreadId)).toMatchObject({ status: 'interrupted' });
  });

  it('gives way to a new message', async () => {
    const { graph, effects } = await aStoppedThread(beforeTools, 'risky');

    const values = await graph.wait(aThreadId, { input: human('safe') });

    expect(said(values)).toContain('human: safe');
    expect(effects.map(({ tool }) => tool)).toEqual(['safe']);
    expect(await graph.getThread(aThreadId)).toMatchObject({ status: 'idle' });
  });

  it('asks a person as always once it has gone on', async () => {
    const { graph, effects } = await aStoppedThread(beforeTools, 'guarded guarded');

    const asked = await graph.wait(aThreadId, nothing);
    const stopped = await graph.wait(aThreadId, { command: { resume: true }, ...beforeTools });
    const again = await graph.wait(aThreadId, nothing);

    expect(asked).toHaveProperty('__interrupt__');
    expect(stopped).not.toHaveProperty('__interrupt__');
    expect(again).toHaveProperty('__interrupt__');
    expect(effects).toHaveLength(1);
  });

  it('is answered by nobody: an answer that must be one is refused', async () => {
    const { graph } = await aStoppedThread();
    const json = { assistant_id: 'worker', command: { resume: true }, strict_resume: true };

    await graph.refused(422, 'POST', `/threads/${aThreadId}/runs`, { json });

    expect(await graph.getThread(aThreadId)).toMatchObject({ status: 'interrupted' });
  });

  it('streams to where it stops, and from there', async () => {
    const { graph, run } = await aStoppedThread();
    const path = `/threads/${aThreadId}/runs`;
    const json = { assistant_id: 'worker', stream_mode: ['updates', 'values'] };

    const first = await graph.send('GET', `${path}/${run.run_id}/stream`, {
      query: { stream_mode: 'updates' },
    });
    const rest = await graph.send('POST', `${path}/stream`, { json });

    expect(framesIn(first.text).map(({ event, object }) => [event, Object.keys(object)])).toEqual([
      ['metadata', ['run_id', 'attempt']],
      ['updates', ['agent']],
    ]);
    const told = framesIn(rest.text);
    expect(told.slice(0, 3).map(({ event }) => event)).toEqual(['metadata', 'values', 'updates']);
    expect(said(told[1]?.data)).toEqual(['human: safe safe', 'ai: Now safe.']);
    expect(Object.keys(told[2]?.object ?? {})).toEqual(['tools']);
    expect(said(told.at(-1)?.data).at(-1)).toBe('ai: safe: ok, safe: ok');
  });

  it.each(['interrupt_before', 'interrupt_after'])(
    'refuses a node that is none in %s',
    async (field) => {
      const graph = await aLangGraph();
      await graph.thread({ thread_id: aThreadId });
      const json = { assistant_id: 'worker', input: human('safe'), [field]: ['nowhere'] };

      const detail = await graph.refused(422, 'POST', `/threads/${aThreadId}/runs`, { json });

      expect(detail).toMatch(new RegExp(`${field}.*"agent", "tools"`));
    },
  );
});

describe('a run at a breakpoint, in the other dialects,', () => {
  it('is paused without an approval, and there is none to decide on', async () => {
    const { graph, run } = await aStoppedThread();
    const path = `/api/runs/${run.run_id}`;

    const shown = await graph.call({ path });
    const inbox = await graph.call({ path: '/api/approvals' });
    const decided = await graph.call({ path: `${path}/decision`, json: { decision: 'APPROVE' } });

    expect(shown.json).toMatchObject({ status: 'PAUSED', breakpoint: { next: 'tools' } });
    expect(shown.json).not.toHaveProperty('pendingApproval');
    expect(shown.json).toMatchObject({ approvals: [] });
    expect(inbox.json).toMatchObject({ approvals: [] });
    expect(decided.status).toBe(409);
    expect(decided.text).toMatch(/breakpoint/);
  });

  it('is told as paused: nobody is said to be asked', async () => {
    const { graph, run } = await aStoppedThread();

    const job = await graph.call({ path: `/api/v1/runs/run_${run.run_id}` });
    const task = await graph.call({ path: `/api/tasks/${run.run_id}` });
    const links = await graph.call({
      path: `/api/runs/${run.run_id}/approval-link`,
      json: { name: 'bob' },
    });

    expect(job.text).toMatch(/"paused"/);
    expect(task.text).toMatch(/"phase":"paused"/);
    expect([job.text, task.text].join()).not.toMatch(/awaiting_approval/);
    expect(links.status).toBe(409);
  });
});

describe('recursion_limit', () => {
  const limited = (limit: number): Partial<RunRequest> => ({
    input: human('safe safe'),
    config: { recursion_limit: limit },
  });

  it('ends a run that asks its model more often as an error of that name', async () => {
    const graph = await aLangGraph();
    await graph.thread({ thread_id: aThreadId });
    const run = await graph.run(aThreadId, limited(2));

    const values = await graph.join(aThreadId, run.run_id);

    const error = {
      error: 'GraphRecursionError',
      message: 'The agent came to no end in 2 model calls.',
    };
    expect(values).toEqual({ __error__: error });
    expect(await graph.getRun(aThreadId, run.run_id)).toMatchObject({ status: 'error' });
    expect(await graph.getThread(aThreadId)).toMatchObject({ status: 'error', error });
  });

  it('lets a run through that keeps to it, and gives it no more than its agent has', async () => {
    const worker = workingAgent(() => undefined, { limits: { maxSteps: 3 } });
    const graph = await aLangGraph([worker]);
    await graph.thread({ thread_id: aThreadId });

    const values = await graph.wait(aThreadId, limited(3));
    const more = await graph.wait(aThreadId, { ...limited(99), input: human('safe safe safe') });

    expect(said(values).at(-1)).toBe('ai: safe: ok, safe: ok');
    expect(more).toMatchObject({ __error__: { message: expect.stringContaining(' 3 ') } });
  });

  it('must be one at least', async () => {
    const graph = await aLangGraph();
    await graph.thread({ thread_id: aThreadId });
    const json = { assistant_id: 'worker', ...limited(0) };

    await graph.refused(422, 'POST', `/threads/${aThreadId}/runs`, { json });
  });
});
