import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Task } from '#api/dialects/background-tasks/contract.ts';
import { anAgent, workingAgent } from '../builders/an-agent.ts';
import { anApi } from '../builders/an-api.ts';
import { aSubmission } from '../builders/an-engine.ts';

type Api = Awaited<ReturnType<typeof anApi>>;

const aSpawn = (more: object = {}) => ({
  workspace_id: randomUUID(),
  conversation_id: randomUUID(),
  task_type: 'worker',
  prompt: '',
  ...more,
});

const spawn = async ({ call }: Api, more: object): Promise<string> => {
  const { json } = await call({ path: '/api/tasks/spawn', json: aSpawn(more) });
  return Task.parse(json).id;
};

const get = async ({ call }: Api, id: string) =>
  Task.parse((await call({ path: `/api/tasks/${id}` })).json);

const reach = async (api: Api, id: string, status: string) => {
  for (;;) {
    const task = await get(api, id);
    if (task.status === status || task.completed_at !== null) return task;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const Payload = z.object({ status: z.string(), phase: z.string() });

/** The events of a stream: each its id and what it says. */
const eventsOf = (text: string) =>
  text.split('\n\n').flatMap((block) => {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return [];
    const { status, phase } = Payload.parse(JSON.parse(data));
    return [{ id: Number(/^id: (\d+)$/m.exec(block)?.[1]), status, phase }];
  });

const progress = async ({ call }: Api, id: string, after?: number) => {
  const headers = after === undefined ? {} : { 'last-event-id': `${after}` };
  const { text } = await call({
    path: `/api/tasks/${id}/progress`,
    headers: { authorization: 'Bearer token-of-the-tests', ...headers },
  });
  return { text, events: eventsOf(text) };
};

describe('progress where answers are buffered', () => {
  const aPausedTask = async (api: Api) => {
    const id = await spawn(api, { prompt: 'guarded' });
    await expect
      .poll(async () => (await get(api, id)).result_data)
      .toMatchObject({
        phase: 'awaiting_approval',
      });
    return id;
  };

  it('is the present state at once, and no more', async () => {
    const api = await anApi({ agents: [workingAgent(() => undefined)] });
    const id = await aPausedTask(api);

    const { text, events } = await progress(api, id);

    expect(text).toMatch(/^retry: 100\n\n/);
    expect(events).toMatchObject([{ status: 'running', phase: 'awaiting_approval' }]);
  });

  it('waits, for who comes back, until there is news', async () => {
    const api = await anApi({ agents: [workingAgent(() => undefined)] });
    const id = await aPausedTask(api);
    const { events } = await progress(api, id);

    const waiting = progress(api, id, events[0]?.id);
    await api.call({ httpMethod: 'POST', path: `/api/tasks/${id}/cancel` });

    expect((await waiting).events).toMatchObject([{ status: 'cancelled', phase: 'cancelled' }]);
  });

  it('tells what was missed, and does not tell it again', async () => {
    const api = await anApi({ agents: [workingAgent(() => undefined)] });
    const id = await spawn(api, { prompt: 'safe' });
    await reach(api, id, 'completed');

    const { events } = await progress(api, id, 1);
    const last = await progress(api, id, events.at(-1)?.id);

    expect(events.map(({ phase }) => phase)).toEqual(['started', 'completed']);
    expect(last.events).toEqual(events.slice(-1));
  });

  it('goes on where what happened was none of a task: nobody asks for the same again', async () => {
    const release = Promise.withResolvers<void>();
    const api = await anApi({ agents: [workingAgent(() => release.promise)] });
    const id = await spawn(api, { prompt: 'safe safe' });
    await reach(api, id, 'running');
    const { events: begun } = await progress(api, id, 1);

    const next = await progress(api, id, begun.at(-1)?.id);
    release.resolve();

    expect(next.events).toMatchObject([{ status: 'running', phase: 'started' }]);
    expect(next.events[0]?.id).toBeGreaterThan(begun.at(-1)?.id ?? 0);
  });
});

describe('a task', () => {
  it('says in one text why it failed', async () => {
    const api = await anApi({
      agents: [workingAgent(() => undefined, { limits: { maxSteps: 1 } })],
    });
    const id = await spawn(api, { prompt: 'safe safe' });

    const task = await reach(api, id, 'failed');

    expect(task).toMatchObject({
      status: 'failed',
      error: 'The agent came to no end in 1 model calls.',
      result_summary: null,
      result_data: null,
    });
    expect((await progress(api, id)).text).toContain(`"error":"${task.error}"`);
  });

  it('has a summary of 500 characters at most, and all of its answer beside it', async () => {
    const long = 'word '.repeat(300).trim();
    const api = await anApi({
      agents: [anAgent({ id: 'worker', script: () => ({ text: long }) })],
    });

    const task = await reach(api, await spawn(api, { prompt: 'go' }), 'completed');

    expect(task.result_summary).toHaveLength(500);
    expect(task.result_data).toEqual({ content: long });
  });

  it('may be a run that came in another way', async () => {
    const api = await anApi({ agents: [workingAgent(() => undefined)] });
    const run = await api.submit({ ...aSubmission({ agentId: 'worker' }), message: 'safe' });

    expect(await reach(api, run.id, 'completed')).toMatchObject({
      workspace_id: null,
      conversation_id: null,
      task_type: 'worker',
      prompt: 'safe',
    });
  });

  it('gives its agent what the request says it is about', async () => {
    const heard: unknown[] = [];
    const worker = workingAgent((_, { context }) => void heard.push(context));
    const api = await anApi({ agents: [worker] });
    const request = aSpawn({ prompt: 'safe', target_document_id: randomUUID() });
    const { json } = await api.call({ path: '/api/tasks/spawn', json: request });
    await reach(api, Task.parse(json).id, 'completed');

    const { prompt: _, task_type: __, ...context } = request;

    expect(heard).toEqual([context]);
  });
});
