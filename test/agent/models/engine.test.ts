import { describe, expect, it, vi } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import type { RunDeps } from '#core/run/deps.ts';
import { eventsAfter, keyOf } from '#core/run/run-repository.ts';
import { anAgent } from '../../builders/an-agent.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { refusal } from './a-provider-front.ts';
import { fakeProviders, modelIds, quickRetry } from './fake-providers.ts';
import { shownBy } from './shown-by.ts';

const answer = 'Hello, how are you today? I have been well.';

const providers = fakeProviders({
  match: { userMessage: 'hello' },
  response: { content: answer },
  chunkSize: 4,
});

const anEngineOn = (model: string) =>
  anEngine({ agents: [{ ...anAgent({ id: 'echo', model }), access: providers.access() }] });

describe.each(Object.entries(modelIds))('a run on %s', (_, model) => {
  it('ends its request at the provider when it is cancelled', async ({ annotate }) => {
    providers.front.meet({ stallAt: 0.6 });
    const engine = await anEngineOn(model);
    const run = await engine.submit();
    await expect.poll(() => providers.front.requests.length, { timeout: 10_000 }).toBe(1);

    const cancelledAt = Date.now();
    await cancelRun(engine.deps, keyOf(run), 'test');
    const abandonedAt = await providers.front.requests[0]?.abandonedAt;

    await annotate(`the request ended ${(abandonedAt ?? 0) - cancelledAt} ms after the run`);
    await engine.reach(run, ({ status }) => status === 'CANCELLED');
  });

  it('shows the whole answer once where the first one broke off', async () => {
    providers.front.meet({ cutAt: 0.6, how: 'end' });
    const engine = await anEngineOn(model);

    const run = await engine.submit();

    await engine.reach(run, ({ status }) => status === 'COMPLETED');
    const events = await eventsAfter(engine.deps, keyOf(run), 0);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'step.reset', data: { step: 1 } }),
    );
    expect(shownBy(events)).toBe(answer);
  });

  it('ends with its time while a provider that is busy is waited for', async () => {
    providers.front.meet(...Array.from({ length: 9 }, () => refusal(429, 'slow down')));
    const waiting = vi.fn<RunDeps['log']>();
    const retry = { ...quickRetry, firstWaitMs: 3_600_000, longestWaitMs: 3_600_000 };
    const agent = anAgent({ id: 'echo', model, limits: { maxSeconds: 60 } });
    const access = { ...providers.access(), retry, log: waiting };
    const engine = await anEngine({ agents: [{ ...agent, access }] });
    const run = await engine.submit();
    await expect.poll(() => waiting.mock.calls.length, { timeout: 10_000 }).toBe(1);

    engine.clock.advance(61_000);

    expect(await engine.reach(run, ({ status }) => status === 'FAILED')).toMatchObject({
      error: { code: 'timeout' },
    });
    expect(providers.front.requests).toHaveLength(1);
  });

  it('fails with what the provider said', async () => {
    const message = 'No such model.';
    providers.front.meet(refusal(404, message));
    const engine = await anEngineOn(model);

    const run = await engine.submit();

    expect(await engine.reach(run, ({ status }) => status === 'FAILED')).toMatchObject({
      error: { code: 'model_error', message: expect.stringContaining(message) },
    });
  });
});
