import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cancelRun } from '#core/run/cancel-run.ts';
import { createApiKey } from '#core/tenant/api-keys.ts';
import { echoAgent } from '../builders/an-agent.ts';
import { anApi, devToken } from '../builders/an-api.ts';
import type { Engine } from '../builders/an-engine.ts';

const uuid = '00000000-0000-4000-8000-0000000000a1';
const said = { messages: [{ role: 'user', content: 'hello' }] };
const start = { assistant_id: 'echo', input: said };
const task = { workspace_id: uuid, conversation_id: uuid, task_type: 'echo', prompt: 'hello' };
const schedule = { cron: '0 9 * * *', agentId: 'echo', input: { message: 'hello' } };
const webhook = { url: 'https://receiver.example/', events: ['run.completed'] };
const agent = '/api/agents/echo/runs';
const thread = `/threads/${uuid}/runs`;
const create = { if_not_exists: 'create' };

/** What makes something, and by which names it says what it has made. */
const routes: [route: string, names: string[], json: object, other: object][] = [
  [`${agent}/background`, ['runId'], { message: 'hello' }, { message: 'other' }],
  ['/api/v1/runs', ['job_id'], { prompt: 'hello' }, { prompt: 'other' }],
  ['/api/tasks/spawn', ['id'], task, { ...task, prompt: 'other' }],
  ['/threads', ['thread_id'], {}, { metadata: { other: true } }],
  [thread, ['run_id'], { ...start, ...create }, { ...start, ...create, metadata: { other: true } }],
  ['/runs', ['run_id', 'thread_id'], start, { ...start, metadata: { other: true } }],
  ['/runs/batch', ['0', '1'], [start, start], [start]],
  ['/api/batches', ['id'], { agentId: 'echo', items: [1] }, { agentId: 'echo', items: [2] }],
  ['/api/schedules', ['id'], schedule, { ...schedule, name: 'other' }],
  ['/api/webhooks', ['id', 'secret'], webhook, { ...webhook, description: 'other' }],
];

const Names = z.record(z.string(), z.unknown()).or(z.array(z.looseObject({ run_id: z.string() })));

/** What of an answer stays the same while that which it is about goes on. */
function namesIn(json: unknown, names: readonly string[]) {
  const body = Names.parse(json);
  return names.map((name) =>
    Array.isArray(body) ? body[Number(name)]?.run_id : z.string().parse(body[name]),
  );
}

async function theApi() {
  const api = await anApi({ agents: [echoAgent()] });
  const post = (path: string, json: object, token = devToken) =>
    api.call({
      httpMethod: 'POST',
      path,
      json,
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'one' },
    });
  return { ...api, post };
}

const fifty = <T>(make: () => Promise<T>) => Promise.all(Array.from({ length: 50 }, make));

describe('one Idempotency-Key', () => {
  it.each(routes)(
    'of fifty requests at the same time to %s makes one',
    async (path, names, json) => {
      const { post } = await theApi();

      const answers = await fifty(() => post(path, json));

      const [first = []] = answers.map((answer) => namesIn(answer.json, names));
      expect(first.every((name) => name !== undefined)).toBe(true);
      for (const { json: body } of answers) expect(namesIn(body, names)).toEqual(first);
      expect(new Set(answers.map(({ status }) => status)).size).toBe(1);
    },
  );

  it.each(routes)('for another body to %s is refused with 409', async (path, _, json, other) => {
    const { post } = await theApi();
    await post(path, json);

    expect((await post(path, other)).status).toBe(409);
  });

  it.each(routes)('to %s is another one for another tenant', async (path, names, json) => {
    const { post, deps } = await theApi();
    const ours = namesIn((await post(path, json)).json, names);

    const token = await createApiKey(deps, { orgId: 'beta', userId: 'ben' });
    const theirs = namesIn((await post(path, json, token)).json, names);

    expect(theirs.filter((name) => ours.includes(name))).toEqual([]);
  });

  it('of fifty retries of a run makes one', async () => {
    const api = await theApi();
    const path = `/api/runs/${await anEndedRun(api)}/retry`;

    const answers = await fifty(() => api.post(path, {}));

    expect(new Set(answers.flatMap(({ json }) => namesIn(json, ['id']))).size).toBe(1);
  });

  it('of fifty requests to write the state of a thread writes it once', async () => {
    const { post } = await theApi();
    await post('/threads', { thread_id: uuid });

    const answers = await fifty(() => post(`/threads/${uuid}/state`, { values: said }));

    const { json } = await post(`/threads/${uuid}/history`, {});
    expect(z.array(z.unknown()).parse(json)).toHaveLength(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('of fifty requests to have a schedule run now makes one run', async () => {
    const { post, call } = await theApi();
    const [id] = namesIn((await post('/api/schedules', schedule)).json, ['id']);

    await fifty(() => post(`/api/schedules/${id}/run-now`, {}));

    const { json } = await call({ path: '/api/runs' });
    expect(z.object({ runs: z.array(z.unknown()) }).parse(json).runs).toHaveLength(1);
  });
});

async function anEndedRun({ submit, deps }: Engine): Promise<string> {
  const { id, orgId } = await submit({ agentId: 'echo', message: 'hello' });
  await cancelRun(deps, { orgId, runId: id }, 'test');
  return id;
}
