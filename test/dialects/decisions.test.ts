import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { workingAgent } from '../builders/an-agent.ts';
import { anApi } from '../builders/an-api.ts';

const worker = () => workingAgent(() => undefined);

/** A run that waits for an approval, and how to decide and to look at it. */
async function aPausedRun(message = 'guarded') {
  const api = await anApi({ agents: [worker()] });
  const runs = '/api/agents/worker/runs';
  const { json } = await api.call({ httpMethod: 'POST', path: runs, json: { message } });
  const { runId } = z.object({ runId: z.string() }).parse(json);
  return {
    decide: (body: unknown) =>
      api.call({ httpMethod: 'POST', path: `${runs}/${runId}/continue`, json: body }),
    detail: async () => (await api.call({ path: `/api/runs/${runId}` })).json,
  };
}

describe('continue', () => {
  it('with arguments makes the call with them and says so', async () => {
    const { decide } = await aPausedRun();

    const { json } = await decide({ action: 'APPROVE', arguments: { n: 5 } });

    expect(json).toMatchObject({
      status: 'COMPLETED',
      tools: [{ name: 'guarded', arguments: { n: 5 } }],
    });
  });

  it.each([
    ['arguments.n', { action: 'APPROVE', arguments: { n: 'five' } }],
    ['arguments', { action: 'APPROVE', arguments: [5] }],
    ['arguments', { action: 'APPROVE', arguments: null }],
    ['arguments', { action: 'APPROVE', arguments: 'n=5' }],
    ['arguments', { action: 'REJECT', arguments: { n: 5 } }],
  ])('with a wrong %s is a 400 that names it: %j', async (name, body) => {
    const { decide, detail } = await aPausedRun();

    const { status, json } = await decide(body);

    expect(status).toBe(400);
    expect(json).toMatchObject({ invalidParams: [{ name }] });
    expect(await detail()).toMatchObject({ status: 'PAUSED' });
  });
});

describe('a run', () => {
  it('shows what it asks, before anybody has decided', async () => {
    const { detail } = await aPausedRun();

    expect(await detail()).toMatchObject({
      approvals: [
        {
          tool: 'guarded',
          toolCallId: 'call_0_0',
          arguments: { n: 0 },
          reason: 'guarded needs an approval.',
          requestedAt: '2026-01-01T00:00:00.000Z',
          expiresAt: '2026-01-08T00:00:00.000Z',
          decided: null,
        },
      ],
    });
  });

  it('shows every approval in order with who decided, when, why, and what was changed', async () => {
    const { decide, detail } = await aPausedRun('guarded guarded guarded');
    await decide({ action: 'APPROVE', arguments: { n: 5 }, reason: 'five is better' });
    await decide({ action: 'REJECT', reason: 'no more' });
    await decide({ action: 'APPROVE' });

    const at = '2026-01-01T00:00:00.000Z';
    expect(await detail()).toMatchObject({
      status: 'COMPLETED',
      approvals: [
        {
          arguments: { n: 0 },
          decided: {
            decision: 'APPROVE',
            by: 'dev',
            at,
            reason: 'five is better',
            arguments: { n: 5 },
          },
        },
        { arguments: { n: 1 }, decided: { decision: 'REJECT', by: 'dev', at, reason: 'no more' } },
        { arguments: { n: 2 }, decided: { decision: 'APPROVE', by: 'dev', at } },
      ],
    });
  });

  it('that never asked shows no approval', async () => {
    const { detail } = await aPausedRun('safe');

    expect(await detail()).toMatchObject({ status: 'COMPLETED', approvals: [] });
  });
});
