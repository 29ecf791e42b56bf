import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { getRun } from '#core/run/run-repository.ts';
import { changeTenantSettings } from '#core/tenant/tenant-settings.ts';
import { anApi } from '../builders/an-api.ts';

const Submitted = z.object({ runId: z.string() });

const submission = {
  httpMethod: 'POST',
  path: '/api/agents/echo/runs/background',
  json: { message: 'hello' },
} as const;

describe('a limit that is reached', () => {
  it.each([
    ['rate_limited', { submitsPerMinute: 1 }],
    ['queue_full', { queued: 1 }],
  ])('is answered with 429 and when to come again: %s', async (code, limits) => {
    const { call, deps } = await anApi();
    await changeTenantSettings(deps, 'acme', () => ({ limits, paused: true }));
    await call(submission);

    const refused = await call(submission);

    expect(refused.status).toBe(429);
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json).toMatchObject({ code, type: 'urn:problem-type:too-many-requests' });
  });
});

describe('the queue', () => {
  it('is shown with its slots, limits and what is paused', async () => {
    const { call, deps } = await anApi();
    await changeTenantSettings(deps, 'acme', () => ({ limits: { running: 10, queued: 50 } }));

    const { json } = await call({ path: '/api/queue' });

    expect(json).toEqual({
      runs: { QUEUED: 0, RUNNING: 0, PAUSED: 0 },
      slots: { limit: 10, reserved: 2, held: { high: 0, normal: 0, low: 0 } },
      waiting: { high: 0, normal: 0, low: 0 },
      held: 0,
      paused: { service: false, organisation: false, agents: [] },
      limits: { running: 10, queued: 50, submitsPerMinute: null },
    });
  });

  it('holds what is submitted to a paused agent, and says so', async () => {
    const { call, deps, reach } = await anApi();
    const body = { httpMethod: 'POST', json: { agentId: 'echo' } };
    const paused = await call({ path: '/api/queue/pause', ...body });
    const { runId } = Submitted.parse((await call(submission)).json);
    const run = await getRun(deps, { orgId: 'acme', runId: runId.slice('run_'.length) });
    await reach(run, (now) => now.status === 'QUEUED' && now.held);
    const shown = await call({ path: '/api/queue' });

    const resumed = await call({ path: '/api/queue/resume', ...body });

    expect(paused.json).toMatchObject({ paused: { agents: ['echo'] } });
    expect(shown.json).toMatchObject({ held: 1, runs: { QUEUED: 1 } });
    expect(resumed.json).toMatchObject({ paused: { agents: [] } });
    await reach(run, ({ status }) => status === 'COMPLETED');
  });

  it('is not paused for an agent that there is not', async () => {
    const { call } = await anApi();

    const { status, json } = await call({ path: '/api/queue/pause', json: { agentId: 'nobody' } });

    expect(status).toBe(404);
    expect(json).toMatchObject({ code: 'agent_not_found' });
  });

  it('is paused as a whole without a body', async () => {
    const { call } = await anApi();

    const { status, json } = await call({ httpMethod: 'POST', path: '/api/queue/pause' });

    expect(status).toBe(200);
    expect(json).toMatchObject({ paused: { organisation: true } });
  });
});
