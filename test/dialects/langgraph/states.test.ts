import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ThreadState } from '#api/dialects/langgraph/threads/contract.ts';
import { type Effect, workingAgent } from '../../builders/an-agent.ts';
import {
  aHeldAgent,
  aLangGraph,
  aThreadId,
  human,
  type LangGraph,
  noSuchId,
  said,
} from './a-langgraph.ts';

const Written = z.object({
  checkpoint: z.object({ thread_id: z.string(), checkpoint_id: z.string() }),
  configurable: z.object({ checkpoint_id: z.string() }),
  checkpoint_id: z.string(),
});

const write = (graph: LangGraph, json: object) =>
  graph.take(Written, 'POST', `/threads/${aThreadId}/state`, { json });

async function aThreadOf(...messages: string[]) {
  const graph = await aLangGraph();
  await graph.thread({ thread_id: aThreadId });
  for (const message of messages) {
    await graph.wait(aThreadId, { input: human(message) });
    graph.clock.advance(1000);
  }
  return graph;
}

describe('the state of a thread', () => {
  it('is empty before its first run', async () => {
    const graph = await aThreadOf();

    expect(await graph.state(aThreadId)).toEqual({
      values: {},
      next: [],
      tasks: [],
      metadata: null,
      created_at: null,
      checkpoint: null,
      parent_checkpoint: null,
      interrupts: [],
      checkpoint_id: null,
      parent_checkpoint_id: null,
    });
    expect(await graph.history(aThreadId)).toEqual([]);
  });

  it('is that of its last step, which names its run and its parent', async () => {
    const graph = await aThreadOf('safe');

    const state = await graph.state(aThreadId);
    const thread = await graph.getThread(aThreadId);

    expect(state.values).toEqual(thread.values);
    expect(state).toMatchObject({
      next: [],
      tasks: [],
      metadata: { source: 'loop', thread_id: aThreadId, graph_id: 'worker' },
      checkpoint: { thread_id: aThreadId, checkpoint_ns: '', checkpoint_id: state.checkpoint_id },
      parent_checkpoint: { checkpoint_id: state.parent_checkpoint_id },
    });
  });

  it('shows what a run at work was asked, and what it does next', async () => {
    const held = aHeldAgent();
    const graph = await aLangGraph([held.agent]);
    await graph.thread({ thread_id: aThreadId });
    await graph.run(aThreadId, { input: human('safe') });
    await held.isAtWork();

    const state = await graph.state(aThreadId);

    expect(said(state.values)).toEqual(['human: safe', 'ai: Now safe.']);
    expect(state.next).toEqual(['tools']);
    held.letGo();
  });

  it('can be had at each of its checkpoints, in both forms', async () => {
    const graph = await aThreadOf('safe');
    const history = await graph.history(aThreadId);

    for (const state of history) {
      const path = `/threads/${aThreadId}/state`;
      const at = await graph.take(ThreadState, 'GET', `${path}/${state.checkpoint_id}`);
      const json = { checkpoint: state.checkpoint, subgraphs: false };
      const posted = await graph.take(ThreadState, 'POST', `${path}/checkpoint`, { json });
      expect([at, posted]).toEqual([state, state]);
    }
    await graph.refused(404, 'GET', `/threads/${aThreadId}/state/${noSuchId}`);
    await graph.refused(422, 'GET', `/threads/${aThreadId}/state/junk`);
    await graph.refused(404, 'GET', `/threads/${noSuchId}/state`);
  });

  it('is written in no other way than by POST', async () => {
    const graph = await aThreadOf();

    const reply = await graph.send('PATCH', `/threads/${aThreadId}/state`, { json: {} });

    expect(reply.status).toBe(405);
  });
});

describe('the history of a thread', () => {
  it('has a state for each step, the newest first, each the parent of the next', async () => {
    const graph = await aThreadOf('safe', '');

    const history = await graph.history(aThreadId);

    expect(history.map(({ values }) => said(values).length)).toEqual([6, 4, 3, 2]);
    expect(history.map(({ next }) => next)).toEqual([[], [], ['agent'], ['tools']]);
    for (const [i, state] of history.entries())
      expect(state.parent_checkpoint_id).toBe(history[i + 1]?.checkpoint_id ?? null);
    expect(await graph.state(aThreadId)).toEqual(history[0]);
  });

  it('comes in pages, from a checkpoint on, and by metadata', async () => {
    const graph = await aThreadOf('safe');
    const all = await graph.history(aThreadId);
    const [first, second] = all;

    expect(await graph.history(aThreadId, { limit: 1 })).toEqual([first]);
    for (const before of [
      first?.checkpoint_id,
      first?.checkpoint,
      { configurable: { checkpoint_id: first?.checkpoint_id } },
    ])
      expect(await graph.history(aThreadId, { before })).toEqual(all.slice(1));
    const metadata = { step: second?.metadata?.['step'] };
    expect(await graph.history(aThreadId, { metadata })).toEqual([second]);
    const { checkpoint } = second ?? {};
    expect(await graph.history(aThreadId, { checkpoint })).toEqual([second]);
  });
});

describe('a state that is written', () => {
  it('is said in the thread, and the next run knows it', async () => {
    const graph = await aThreadOf('safe');

    const written = await write(graph, {
      values: { messages: [{ role: 'user', content: 'by hand' }] },
      as_node: 'agent',
    });
    const state = await graph.state(aThreadId);
    const values = await graph.wait(aThreadId, { input: human('') });

    expect(written.configurable.checkpoint_id).toBe(written.checkpoint_id);
    expect(state).toMatchObject({
      checkpoint_id: written.checkpoint_id,
      next: ['agent'],
      metadata: { source: 'update' },
    });
    expect(said(state.values).at(-1)).toBe('human: by hand');
    expect(said(values)).toContain('human: by hand');
  });

  it('is gone on from without another word', async () => {
    const graph = await aThreadOf();
    await write(graph, { values: { messages: [{ type: 'human', content: 'safe' }] } });

    const values = await graph.wait(aThreadId, {});

    expect(said(values)[0]).toBe('human: safe');
    expect(said(values).length).toBeGreaterThan(1);
  });

  it('may change and take away what was said', async () => {
    const graph = await aThreadOf('safe');
    const Messages = z.object({ messages: z.array(z.object({ id: z.string() })) });
    const { messages } = Messages.parse((await graph.state(aThreadId)).values);

    await write(graph, {
      values: {
        messages: [
          { type: 'remove', id: messages[1]?.id },
          { type: 'remove', id: messages[2]?.id },
          { type: 'human', id: messages[0]?.id, content: 'changed' },
        ],
      },
    });

    expect(said((await graph.state(aThreadId)).values)).toEqual(['human: changed', 'ai: safe: ok']);
    expect(await graph.history(aThreadId)).toHaveLength(4);
  });

  it('begins a branch where it names a checkpoint', async () => {
    const graph = await aThreadOf('safe', 'risky');
    const oldest = (await graph.history(aThreadId)).at(-1);

    await write(graph, {
      values: { messages: [{ type: 'tool', tool_call_id: 'call_0_0', content: 'mine' }] },
      checkpoint_id: oldest?.checkpoint_id,
    });

    const state = await graph.state(aThreadId);
    expect(state.parent_checkpoint_id).toBe(oldest?.checkpoint_id);
    expect(said(state.values)).toEqual(['human: safe', 'ai: Now safe.', 'tool: mine']);
  });

  it('is written once for one idempotency key', async () => {
    const graph = await aThreadOf('safe');
    const Messages = z.object({ messages: z.array(z.object({ id: z.string() })) });
    const { messages } = Messages.parse((await graph.state(aThreadId)).values);
    const path = `/threads/${aThreadId}/state`;
    const headers = { 'idempotency-key': 'once' };
    const json = { values: { messages: [{ type: 'remove', id: messages[1]?.id }] } };
    const other = { values: { messages: [{ type: 'human', content: 'other' }] } };

    const first = await graph.send('POST', path, { json, headers });
    const again = await graph.send('POST', path, { json, headers });

    expect(first.status).toBe(200);
    expect(again.json).toEqual(first.json);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    expect((await graph.state(aThreadId)).checkpoint_id).toBe(
      z.object({ checkpoint_id: z.string() }).parse(first.json).checkpoint_id,
    );
    await graph.refused(409, 'POST', path, { json: other, headers });
  });

  it('answers for a run that waits for a person: its call is never made', async () => {
    const effects: Effect[] = [];
    const graph = await aLangGraph([workingAgent((effect) => void effects.push(effect))]);
    await graph.thread({ thread_id: aThreadId });
    await graph.wait(aThreadId, { input: human('guarded') });
    const [call] = z
      .object({
        messages: z.array(
          z.looseObject({ tool_calls: z.array(z.object({ id: z.string() })).default([]) }),
        ),
      })
      .parse((await graph.state(aThreadId)).values)
      .messages.flatMap(({ tool_calls }) => tool_calls);

    await write(graph, {
      values: { messages: [{ type: 'tool', tool_call_id: call?.id, content: 'mine' }] },
      as_node: 'tools',
    });
    const between = await graph.getThread(aThreadId);
    const values = await graph.wait(aThreadId, {});

    expect(between).toMatchObject({ status: 'idle', interrupts: {} });
    expect(effects).toEqual([]);
    expect(said(values).slice(0, 3)).toEqual(['human: guarded', 'ai: Now guarded.', 'tool: mine']);
  });

  it('is refused while a run is at work', async () => {
    const held = aHeldAgent();
    const graph = await aLangGraph([held.agent]);
    await graph.thread({ thread_id: aThreadId });
    await graph.run(aThreadId, { input: human('safe') });
    await held.isAtWork();

    const json = { values: { messages: [{ type: 'human', content: 'x' }] } };

    await graph.refused(409, 'POST', `/threads/${aThreadId}/state`, { json });
    held.letGo();
  });

  it.each([
    [{ messages: [{ type: 'dog', content: 'x' }] }],
    [{ messages: [{ content: 'x' }] }],
    [{ messages: [{ type: 'tool', content: 'x' }] }],
  ])('is refused for %j', async (values) => {
    const graph = await aThreadOf();

    await graph.refused(422, 'POST', `/threads/${aThreadId}/state`, { json: { values } });
  });
});
