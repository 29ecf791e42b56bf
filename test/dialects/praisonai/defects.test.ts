import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { praisonaiWebhook } from '#api/dialects/praisonai/webhook.ts';
import { hasEnded } from '#core/run/run.ts';
import { getRun } from '#core/run/run-repository.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { aFolder } from '../../builders/an-engine.ts';
import { aJobsApi } from './a-job.ts';

/*
 * What PraisonAI's own server does and this one does not. Its results and errors with line breaks are in
 * stream.test.ts; what it takes and should not, and refuses in another way than it says, in
 * submit.test.ts.
 */

const keyOf = (id: string) => ({ orgId: 'acme', runId: id.replace('run_', '') });
const unrung = { queue: { send: async () => undefined } };

describe('a restart', () => {
  it('forgets no idempotency key', async () => {
    const dataDir = aFolder();
    const request = { prompt: 'hello', idempotency_key: 'k1' };
    const before = await aJobsApi({ dataDir });
    const first = await before.post(request);
    await before.stop();

    const after = await aJobsApi({ dataDir });

    expect((await after.post(request)).json).toEqual(first.json);
    expect((await after.post({ ...request, prompt: 'other' })).status).toBe(409);
  });

  it('loses no job that was accepted', async () => {
    const dataDir = aFolder();
    const before = await aJobsApi({ dataDir, deps: unrung });
    const id = await before.submit({ prompt: 'hello' });
    await before.stop();

    const after = await aJobsApi({ dataDir });

    await after.reached(id, 'succeeded');
  });

  it('goes on with a job at work, and repeats nothing that it has done', async () => {
    const dataDir = aFolder();
    const calls: string[] = [];
    const { promise: secondCall, resolve: reached } = Promise.withResolvers<void>();
    const agent = workingAgent(async (effect, { signal }) => {
      calls.push(effect.key);
      if (calls.length !== 2) return;
      reached();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const before = await aJobsApi({ dataDir, agents: [agent] });
    const id = await before.submit({ prompt: 'safe safe safe' });
    await secondCall;
    await before.stop();

    const after = await aJobsApi({ dataDir, agents: [agent] });
    await after.reached(id, 'succeeded');

    const [first, second, again, third] = calls;
    expect(calls).toHaveLength(4);
    expect(again).toBe(second);
    expect(new Set([first, second, third]).size).toBe(3);
  });
});

it('takes the 150th job at a time like the first one, and does them all', async () => {
  const { submit, deps, reach } = await aJobsApi();

  const ids = await Promise.all(
    Array.from({ length: 150 }, () => submit({ prompt: 'hello', agent_file: 'echo.yaml' })),
  );

  for (const id of ids)
    expect(await reach(await getRun(deps, keyOf(id)), hasEnded)).toMatchObject({
      status: 'COMPLETED',
    });
});

it('answers others while an agent works', async () => {
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const { promise: working, resolve: begun } = Promise.withResolvers<void>();
  const agent = workingAgent(async () => {
    begun();
    await done;
  });
  const { submit, call, reached } = await aJobsApi({ agents: [agent] });
  const id = await submit({ prompt: 'safe' });
  await working;

  const { status, json } = await call({ path: '/health' });
  finish();

  expect(status).toBe(200);
  expect(json).toEqual({ status: 'healthy', store: 'durable', executor_stats: {} });
  await reached(id, 'succeeded');
});

it.each(['/stats', '/api/v1/stats'])('answers no 500 to %s', async (path) => {
  const { call } = await aJobsApi();

  expect((await call({ path })).status).toBe(404);
});

describe('a webhook', () => {
  it('is told of a job that was cancelled', async () => {
    const { submit, cancel, deps } = await aJobsApi({ deps: unrung });
    const id = await submit({ prompt: 'hello' });
    await cancel(id);

    expect(await praisonaiWebhook(deps, await getRun(deps, keyOf(id)))).toEqual({
      job_id: id,
      status: 'cancelled',
      result: null,
      error: null,
      completed_at: '2026-01-01T00:00:00.000000Z',
      duration_seconds: null,
    });
  });

  it('is told of a job that took too long', async () => {
    const { promise: working, resolve: begun } = Promise.withResolvers<void>();
    const agent = workingAgent(async (_, { signal }) => {
      begun();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const { submit, deps, clock } = await aJobsApi({ agents: [agent] });
    const id = await submit({ prompt: 'safe', timeout: 1 });
    await working;
    let run = await getRun(deps, keyOf(id));
    while (!hasEnded(run)) {
      clock.advance(1000);
      await turn();
      run = await getRun(deps, keyOf(id));
    }

    expect(await praisonaiWebhook(deps, run)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('took longer'),
    });
  });
});
