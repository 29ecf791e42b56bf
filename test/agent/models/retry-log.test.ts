import { describe, expect, it, vi } from 'vitest';
import type { RunDeps } from '#core/run/deps.ts';
import { anAgent } from '../../builders/an-agent.ts';
import { AgentDriver } from '../agent-driver.ts';
import { refusal } from './a-provider-front.ts';
import { fakeProviders, modelIds } from './fake-providers.ts';

const providers = fakeProviders({
  match: { userMessage: 'hello' },
  response: { content: 'A secret answer.' },
});

describe.each(Object.entries(modelIds))('a call of %s that is made again', (_, model) => {
  it('is logged, without what was said and without keys', async () => {
    const log = vi.fn<RunDeps['log']>();
    providers.front.meet(refusal(429, 'slow down, sk-proj-of-a-test'), refusal(503, 'busy'));
    const driver = new AgentDriver(anAgent({ model }), {
      access: { ...providers.access(), log },
    });

    await driver.answer();

    const retried = { runId: driver.runId, model, waitMs: expect.any(Number) };
    expect(log.mock.calls.map(([level, , fields]) => [level, fields])).toEqual([
      ['warn', { ...retried, attempt: 1, status: 429 }],
      ['warn', { ...retried, attempt: 2, status: 503 }],
    ]);
    expect(JSON.stringify(log.mock.calls)).not.toMatch(/hello|secret|sk-proj|slow down/);
  });
});
