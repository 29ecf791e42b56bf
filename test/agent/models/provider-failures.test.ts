import { describe, expect, it } from 'vitest';
import { anAgent } from '../../builders/an-agent.ts';
import { AgentDriver } from '../agent-driver.ts';
import { type Fault, refusal } from './a-provider-front.ts';
import { fakeProviders, modelIds, quickRetry } from './fake-providers.ts';
import { shownBy } from './shown-by.ts';

const answer = 'Hello, how are you today? I have been well.';
const providers = fakeProviders({
  match: { userMessage: 'hello' },
  response: { content: answer },
  chunkSize: 4,
});

const passing: [what: string, fault: Fault][] = [
  ['refuses with 429', refusal(429, 'slow down')],
  ['refuses with 500', refusal(500, 'oops')],
  ['is overloaded', refusal(529, 'overloaded')],
  ['gives way to a proxy', { status: 503, body: '<html>Service Unavailable</html>' }],
  ['breaks off in the middle', { cutAt: 0.6, how: 'break' }],
  ['breaks off at once', { cutAt: 0, how: 'break' }],
  ['ends in the middle', { cutAt: 0.6, how: 'end' }],
];

const lasting = [400, 401, 403, 404];

describe.each(Object.entries(modelIds).filter(([name]) => name !== 'bedrock'))(
  'a provider, %s, that',
  (_, model) => {
    it('writes what is no JSON is asked again', async () => {
      providers.front.meet({ garbleAt: 0.5 }, { garbleAt: 0 });
      const run = new AgentDriver(anAgent({ model }), { access: providers.access() });

      expect(await run.answer()).toBe(answer);

      expect(providers.front.requests).toHaveLength(3);
      expect(shownBy(run.events)).toBe(answer);
    });
  },
);

describe.each(Object.entries(modelIds))('a provider, %s, that', (_, model) => {
  const aRun = () => new AgentDriver(anAgent({ model }), { access: providers.access() });

  it.each(passing)('%s is asked again', async (_what, fault) => {
    providers.front.meet(fault, fault);
    const run = aRun();

    expect(await run.answer()).toBe(answer);

    expect(providers.front.requests).toHaveLength(3);
    expect(shownBy(run.events)).toBe(answer);
  });

  it('breaks off after some words has them taken back', async () => {
    providers.front.meet({ cutAt: 0.6, how: 'end' });
    const run = aRun();

    await run.answer();

    const types = run.events.map(({ type }) => type);
    expect(types[0]).toBe('text.delta');
    expect(run.events.filter(({ type }) => type === 'step.reset')).toEqual([
      { type: 'step.reset', data: { step: 1 } },
    ]);
  });

  it('never gets well is given up on, and what it said is told', async () => {
    providers.front.meet(...Array.from({ length: 9 }, () => refusal(500, 'We are down.')));

    expect(await aRun().drive()).toMatchObject({
      kind: 'fail',
      error: { code: 'model_error', message: expect.stringContaining('We are down.') },
    });
    expect(providers.front.requests).toHaveLength(quickRetry.attempts);
  });

  it.each(lasting)('refuses with %d is not asked again', async (status) => {
    providers.front.meet(refusal(status, `No, ${status}.`));

    expect(await aRun().drive()).toMatchObject({
      kind: 'fail',
      error: { code: 'model_error', message: expect.stringContaining(`No, ${status}.`) },
    });
    expect(providers.front.requests).toHaveLength(1);
  });

  it('says when to come back is left alone until then', async () => {
    providers.front.meet(refusal(429, 'slow down', { 'retry-after': '1' }));

    await aRun().answer();

    const [first, second] = providers.front.requests.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('wants to be left alone for long is not waited for', async () => {
    providers.front.meet(refusal(429, 'come back tomorrow', { 'retry-after': '86400' }));

    expect(await aRun().drive()).toMatchObject({
      error: { message: expect.stringContaining('come back tomorrow') },
    });
    expect(providers.front.requests).toHaveLength(1);
  });

  it('tells a key does not tell it to the caller', async () => {
    const key = 'sk-proj-of-a-test';
    const url = 'https://bucket.s3.amazonaws.com/x?X-Amz-Signature=abcdef0123';
    providers.front.meet(refusal(401, `Incorrect key ${key}, Bearer abcdef.123456, ${url}`));

    const told = JSON.stringify(await aRun().drive());

    expect(told).toContain('Incorrect key');
    expect(told).not.toMatch(/of-a-test|abcdef/);
  });

  it('is silent loses its request when the run is aborted', async () => {
    providers.front.meet({ stallAt: 0.6 });
    const stop = new AbortController();
    const step = aRun().step({ signal: stop.signal });
    await expect.poll(() => providers.front.requests.length).toBe(1);

    stop.abort(new Error('cancelled'));

    await expect(step).rejects.toThrow('cancelled');
    await providers.front.requests[0]?.abandonedAt;
  });
});
