import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sweep } from '#core/run/sweep.ts';
import { createApiKey } from '#core/tenant/api-keys.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anApi } from '../builders/an-api.ts';

const Paused = z.object({
  runId: z.string(),
  requiredAction: z.object({ approvalId: z.string() }),
});

const approvals = { deciders: { groups: ['approvers'] }, notRequester: true };

/** A run of ann's that waits, and callers with a key of their own. */
async function aPausedRun() {
  const api = await anApi({
    agents: [workingAgent(() => undefined, { approvals })],
    waiting: { streaming: true },
  });
  const callAs = async (userId: string, groups: string[]) => {
    const token = await createApiKey(api.deps, { orgId: 'acme', userId, groups });
    const headers = { authorization: `Bearer ${token}` };
    return (path: string, json: unknown) => api.call({ path, json, headers });
  };
  const asAnn = await callAs('ann', ['approvers']);
  const { json } = await asAnn('/api/agents/worker/runs', { message: 'guarded', userId: 'x' });
  const { runId, requiredAction } = Paused.parse(json);
  return { call: api.call, callAs, runId, approvalId: requiredAction.approvalId };
}

const ways = [
  ['/api/agents/worker/runs/{run}/continue', { action: 'APPROVE' }],
  ['/api/runs/{run}/decision', { decision: 'APPROVE' }],
  ['/api/approvals/{approval}/decision', { decision: 'APPROVE' }],
  ['/api/v1/approvals/{approval}/resolve', { decision: 'APPROVED' }],
  ['/api/v1/approvals/{approval}/decide', { decision: 'approve' }],
] as const;

describe("a decision that is not the caller's to make", () => {
  it.each(ways)('is refused by POST %s', async (way, body) => {
    const { callAs, runId, approvalId } = await aPausedRun();
    const path = way.replace('{run}', runId).replace('{approval}', approvalId);
    const strangers = [await callAs('bob', ['staff']), await callAs('ann', ['approvers'])];

    for (const call of strangers)
      expect(await call(path, body)).toMatchObject({
        status: 403,
        json: { type: 'urn:problem-type:forbidden', code: 'forbidden_decision' },
      });

    const asCarla = await callAs('carla', ['approvers']);
    expect((await asCarla(path, body)).status).toBe(200);
  });

  it('is refused among others, too', async () => {
    const { callAs, approvalId } = await aPausedRun();
    const asBob = await callAs('bob', []);

    const ours = await asBob('/api/approvals/decisions', {
      decisions: [{ approvalId, decision: 'APPROVE' }],
    });
    const operativus = await asBob('/api/v1/approvals/bulk-resolve', {
      ids: [approvalId],
      decision: 'APPROVED',
    });

    expect(ours.json).toMatchObject({
      outcomes: [{ error: { status: 403, code: 'forbidden_decision' } }],
    });
    expect(operativus.json).toMatchObject({ resolved: 0, failed: 1 });
  });
});

async function annAndBob() {
  const api = await anApi({
    agents: [workingAgent(() => undefined, { approvals: { notRequester: true } })],
  });
  const callAs = async (userId: string) => {
    const token = await createApiKey(api.deps, { orgId: 'acme', userId });
    const headers = { authorization: `Bearer ${token}` };
    return (path: string, json: unknown, httpMethod = 'POST') =>
      api.call({ httpMethod, path, json, headers });
  };
  const { call, clock, deps } = api;
  return {
    call,
    clock,
    deps,
    ann: await callAs('ann'),
    annsOtherKey: await callAs('ann'),
    bob: await callAs('bob'),
    carla: await callAs('carla'),
  };
}
type Callers = Awaited<ReturnType<typeof annAndBob>>;

const input = { message: 'guarded', userId: 'x' };
const bobsSchedule = async ({ bob }: Callers) => {
  const { json } = await bob('/api/schedules', { cron: '0 * * * *', agentId: 'worker', input });
  return `/api/schedules/${z.object({ id: z.string() }).parse(json).id}`;
};

/** Ways in which ann has a run made that is for somebody else. */
const submissions: Record<string, (callers: Callers) => Promise<unknown>> = {
  'of an agent, waiting': ({ ann }) => ann('/api/agents/worker/runs', input),
  'of an agent, in the background': ({ ann }) => ann('/api/agents/worker/runs/background', input),
  'by LangGraph': ({ ann }) =>
    ann('/runs', {
      assistant_id: 'worker',
      input: { messages: [{ role: 'user', content: 'guarded' }] },
      config: { configurable: { user_id: 'x' } },
      on_completion: 'keep',
    }),
  'as a batch': ({ ann }) => ann('/api/batches', { agentId: 'worker', items: [input] }),
  "of another's schedule": async (callers) =>
    callers.ann(`${await bobsSchedule(callers)}/run-now`, {}),
  'of a schedule that she changed': async (callers) => {
    const path = await bobsSchedule(callers);
    await callers.ann(path, { input }, 'PATCH');
    callers.clock.advance(3_600_000);
    await sweep(callers.deps);
  },
};

describe('whoever asked for a run has no say in it', () => {
  it.each(Object.entries(submissions))('%s', async (_, submit) => {
    const callers = await annAndBob();
    await submit(callers);
    const List = z.object({ approvals: z.array(z.object({ approvalId: z.string() })) });
    const pending = async () =>
      List.parse((await callers.call({ path: '/api/approvals' })).json).approvals;
    await expect.poll(pending, { timeout: 10_000 }).toHaveLength(1);
    const [asked] = await pending();
    const path = `/api/approvals/${asked?.approvalId}/decision`;

    const byAnn = await callers.annsOtherKey(path, { decision: 'APPROVE' });
    const byCarla = await callers.carla(path, { decision: 'APPROVE' });

    expect(byAnn).toMatchObject({ status: 403, json: { code: 'forbidden_decision' } });
    expect(byCarla.status).toBe(200);
  });
});

describe("the payload of Operativus' decide", () => {
  it.each([
    [{}, { n: 0 }],
    [{ comment: 'fine', n: 7 }, { n: 0 }],
    [{ arguments: { n: 5 } }, { n: 5 }],
  ])('%j has the call made with %j', async (payload, made) => {
    const { call, callAs, runId, approvalId } = await aPausedRun();
    const asCarla = await callAs('carla', ['approvers']);

    await asCarla(`/api/v1/approvals/${approvalId}/decide`, { decision: 'APPROVE', payload });

    const { text } = await call({ path: `/api/runs/${runId}/events` });
    const started = text.split('\n').find((line) => line.includes('"tool.started"'));
    expect(JSON.parse(started?.slice('data: '.length) ?? '')).toMatchObject({
      data: { arguments: made },
    });
  });
});
