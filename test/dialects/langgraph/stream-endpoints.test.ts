import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { anAgent, workingAgent } from '../../builders/an-agent.ts';
import type { Reply } from '../../builders/an-api.ts';
import { aLangGraph, aThreadId, human, type LangGraph, noSuchId } from './a-langgraph.ts';
import { framesIn } from './told.ts';

const runs = `/threads/${aThreadId}/runs`;

const stream = (graph: LangGraph, path: string, body: object = {}) =>
  graph.send('POST', path, { json: { assistant_id: 'worker', input: human('safe'), ...body } });

const eventsOf = ({ text }: Reply) => framesIn(text).map(({ event }) => event);
const placeOf = ({ headers }: Reply) => `${headers['location']}`;

async function aThread(agents = [workingAgent(() => undefined)]) {
  const graph = await aLangGraph(agents);
  await graph.thread({ thread_id: aThreadId });
  return graph;
}

describe('a run that is streamed', () => {
  it('is told to its end, as text that is streamed, and then is a success', async () => {
    const graph = await aThread();

    const reply = await stream(graph, `${runs}/stream`, { stream_mode: ['updates'] });

    const [metadata, ...updates] = framesIn(reply.text);
    expect(reply).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'content-location': `${runs}/${metadata?.object['run_id']}`,
      },
    });
    expect(updates.map(({ data }) => Object.keys(Object(data)))).toEqual([
      ['agent'],
      ['tools'],
      ['agent'],
    ]);
    expect(await graph.getRun(aThreadId, `${metadata?.object['run_id']}`)).toMatchObject({
      status: 'success',
    });
  });

  it('tells values where nothing else is asked for', async () => {
    const reply = await stream(await aThread(), `${runs}/stream`);

    expect(new Set(eventsOf(reply))).toEqual(new Set(['metadata', 'values']));
  });

  it('needs no thread, and then names the run alone', async () => {
    const graph = await aLangGraph();

    const reply = await stream(graph, '/runs/stream', { stream_mode: 'values' });
    const id = `${framesIn(reply.text)[0]?.object['run_id']}`;
    const again = await graph.send('GET', `/runs/${id}/stream`);

    expect(reply.headers['content-location']).toBe(`/runs/${id}`);
    expect(again.text).toBe(reply.text);
  });

  it('that is sent again with its key is the same run', async () => {
    const graph = await aThread();
    const sent = {
      json: { assistant_id: 'worker', input: human('safe') },
      headers: { 'idempotency-key': 'once' },
    };

    const first = await graph.send('POST', `${runs}/stream`, sent);
    const second = await graph.send('POST', `${runs}/stream`, sent);

    expect(second.text).toBe(first.text);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it.each([
    ['/threads/x/runs/stream', 422],
    [`/threads/${noSuchId}/runs/stream`, 404],
  ])('at %s is refused with %d before it begins', async (path, status) => {
    expect(await stream(await aThread(), path)).toMatchObject({ status });
  });

  it('in a mode that there is not is refused', async () => {
    const reply = await stream(await aThread(), `${runs}/stream`, { stream_mode: 'smells' });

    expect(reply).toMatchObject({ status: 422 });
    expect(JSON.stringify(reply)).toMatch(/must be one of values, updates, messages, /);
  });

  it('ends with the state of its thread', async () => {
    const graph = await aThread();
    const reply = await stream(graph, `${runs}/stream`);
    const { values } = await graph.state(aThreadId);

    expect(framesIn(reply.text).at(-1)?.data).toEqual(values);
  });
});

describe('a stream that is joined', () => {
  it('has the modes that its run was created with, and goes on where it broke off', async () => {
    const graph = await aThread();
    const created = await stream(graph, `${runs}/stream`, { stream_mode: ['updates', 'custom'] });
    const frames = framesIn(created.text);

    const rest = await graph.send('GET', placeOf(created), {
      headers: { 'last-event-id': frames[1]?.id ?? '' },
    });

    expect(framesIn(rest.text)).toEqual(frames.slice(2));
    expect(frames.length).toBeGreaterThan(3);
  });

  it.each([
    ['repeated', ['updates', 'values']],
    ['as JSON', ['["updates","values"]']],
  ])('has the modes that are asked for: %s', async (_, modes) => {
    const graph = await aThread();
    const path = placeOf(await stream(graph, `${runs}/stream`));

    const reply = await graph.call({
      path,
      queryStringParameters: { stream_mode: modes.at(-1) },
      multiValueQueryStringParameters: { stream_mode: modes },
    });

    expect(new Set(eventsOf(reply))).toEqual(new Set(['metadata', 'updates', 'values']));
  });

  it('takes modes that are empty as none', async () => {
    const graph = await aThread();
    const created = await stream(graph, `${runs}/stream`);

    const reply = await graph.send('GET', placeOf(created), {
      query: { stream_mode: '', cancel_on_disconnect: 'false' },
    });

    expect(reply.text).toBe(created.text);
  });

  it('of an answer tells what has followed it', async () => {
    const graph = await aThread();
    const asked = await stream(graph, `${runs}/stream`, { input: human('guarded') });
    const answered = await stream(graph, `${runs}/stream`, {
      input: null,
      command: { resume: 'approve' },
    });

    const joined = await graph.send('GET', placeOf(answered));

    expect(framesIn(asked.text).at(-1)?.object).toHaveProperty('__interrupt__');
    expect(placeOf(answered)).not.toBe(placeOf(asked));
    expect(joined.text).toBe(answered.text);
    expect(framesIn(answered.text).at(-1)?.object).not.toHaveProperty('__interrupt__');
    expect((await graph.send('GET', placeOf(asked))).text).toBe(asked.text);
  });

  it.each([
    ['of a run that there is not', `${runs}/${noSuchId}/stream`],
    ['without a thread of a run that there is not', `/runs/${noSuchId}/stream`],
  ])('%s has nothing but an error', async (_, path) => {
    const reply = await (await aThread()).send('GET', path);

    expect(reply.status).toBe(200);
    expect(framesIn(reply.text)).toMatchObject([
      { event: 'error', data: { message: '404: Run not found' } },
    ]);
  });

  it('of another thread has nothing but an error', async () => {
    const graph = await aThread();
    const created = await stream(graph, `${runs}/stream`);
    await graph.thread({ thread_id: noSuchId });

    const reply = await graph.send('GET', placeOf(created).replace(aThreadId, noSuchId));

    expect(eventsOf(reply)).toEqual(['error']);
  });
});

it('has the answer as data in the end, of an agent that declares a shape for it', async () => {
  const scores = anAgent({
    id: 'worker',
    output: z.object({ score: z.number() }),
    script: () => ({ json: { score: 7 } }),
  });
  const graph = await aThread([scores]);

  const reply = await stream(graph, `${runs}/stream`);
  const { values } = await graph.getThread(aThreadId);

  const last = framesIn(reply.text).at(-1);
  expect(last).toMatchObject({ event: 'values', data: { structured_response: { score: 7 } } });
  expect(last?.data).toEqual(values);
});

it('ends with an error where the run fails', async () => {
  const broken = anAgent({
    id: 'worker',
    limits: { maxSteps: 1 },
    tools: workingAgent(() => undefined).tools ?? [],
    script: () => ({ toolCalls: [{ name: 'safe', input: { n: 1 } }] }),
  });

  const reply = await stream(await aThread([broken]), `${runs}/stream`);

  expect(framesIn(reply.text).at(-1)).toMatchObject({
    event: 'error',
    data: { error: 'GraphRecursionError', message: expect.any(String) },
  });
});
