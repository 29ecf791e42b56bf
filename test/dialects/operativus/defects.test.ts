import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { sweep } from '#core/run/sweep.ts';
import { createApiKey } from '#core/tenant/api-keys.ts';
import { type Effect, workingAgent } from '../../builders/an-agent.ts';
import { anApi } from '../../builders/an-api.ts';

/*
 * What Operativus' server is known to do wrong, and what is done here. That a restart cancels nothing is
 * in the tests of faults: dispatch, paused, kill-under-load.
 */

const hourMs = 3600_000;
const dayMs = 24 * hourMs;

const Paused = z.object({
  runId: z.string(),
  status: z.literal('PAUSED'),
  requiredAction: z.object({ approvalId: z.string() }),
});

async function aService(agent: Partial<AgentDefinition> = {}) {
  const effects: Effect[] = [];
  const worker = workingAgent((effect) => void effects.push(effect), agent);
  const api = await anApi({ agents: [worker], waiting: { streaming: true } });
  const post = async (path: string, json: unknown, headers?: Record<string, string>) =>
    (await api.call({ path, json, ...(headers ? { headers } : {}) })).json;
  const pause = async (message: string) =>
    Paused.parse(await post('/api/agents/worker/runs', { message }));
  const statusOf = async (runId: string) =>
    (await api.call({ path: `/api/agents/worker/runs/${runId}/status` })).json;
  return { ...api, effects, post, pause, statusOf };
}

const resolve = ({ requiredAction }: z.infer<typeof Paused>) =>
  `/api/v1/approvals/${requiredAction.approvalId}/resolve`;

describe('not a defect here', () => {
  it('approving re-runs nothing that was done before', async () => {
    const { pause, post, effects } = await aService();
    const paused = await pause('safe risky guarded');

    await post(`/api/agents/worker/runs/${paused.runId}/continue`, { action: 'APPROVE' });

    expect(effects.map(({ tool }) => tool)).toEqual(['safe', 'risky', 'guarded']);
  });

  it('approving one call of a tool approves no other call of it', async () => {
    const { pause, post, effects } = await aService();
    const paused = await pause('guarded guarded');

    const next = await post(`/api/agents/worker/runs/${paused.runId}/continue`, {
      action: 'APPROVE',
    });

    expect(next).toMatchObject({ status: 'PAUSED', requiredAction: { args: { n: 1 } } });
    expect(effects).toHaveLength(1);
  });

  it('rejecting gives control back to the agent, and the run completes', async () => {
    const { pause, post, call, effects } = await aService();
    const paused = await pause('guarded');

    const resolved = await post(resolve(paused), { decision: 'REJECTED' });

    const { text } = await call({
      path: `/api/runs/${paused.runId}/events`,
      headers: { authorization: 'Bearer token-of-the-tests' },
    });
    expect(resolved).toMatchObject({ status: 'REJECTED' });
    expect(text).toContain('run.completed');
    expect(effects).toEqual([]);
  });

  it('an approval expires when its tool says so, not after a day', async () => {
    const { pause, statusOf, clock, deps } = await aService();
    const { runId } = await pause('guarded');

    clock.advance(dayMs + hourMs);
    await sweep(deps);
    const afterADay = await statusOf(runId);
    clock.advance(6 * dayMs);

    expect(afterADay).toMatchObject({ status: 'PAUSED' });
    await vi.waitFor(async () => {
      expect(await statusOf(runId)).toMatchObject({ status: 'COMPLETED' });
    }, 5000);
  });

  it('many runs of one agent at the same time are taken, and wait', async () => {
    const { post } = await aService();
    const background = '/api/agents/worker/runs/background';

    const answers = await Promise.all(
      Array.from({ length: 25 }, () => post(background, { message: 'guarded' })),
    );

    expect(answers.map((answer) => z.object({ status: z.string() }).parse(answer).status)).toEqual(
      Array.from({ length: 25 }, () => 'QUEUED'),
    );
  });

  it('the same background submission twice is one run', async () => {
    const { call } = await aService();
    const submit = async () => {
      const headers = { authorization: 'Bearer token-of-the-tests', 'idempotency-key': 'once' };
      const json = { message: 'safe' };
      return (await call({ path: '/api/agents/worker/runs/background', json, headers })).json;
    };

    expect(await submit()).toEqual(await submit());
  });

  it('the statuses of another tenant are not to be had in a batch', async () => {
    const { deps, pause, call } = await aService();
    const { runId } = await pause('guarded');
    const token = await createApiKey(deps, { orgId: 'beta', userId: 'ben' });

    const { status, json } = await call({
      path: '/api/agents/worker/runs/status',
      queryStringParameters: { runIds: runId },
      headers: { authorization: `Bearer ${token}` },
    });

    expect({ status, json }).toEqual({ status: 200, json: [] });
  });
});
