import { describe, expect, it } from 'vitest';
import { anAgentWith, aTool } from '../a-tool.ts';
import { AgentDriver, approved, approvedWith, rejected } from '../agent-driver.ts';
import { fakeProviders, modelIds } from './fake-providers.ts';
import { signature, thinkingTurns, thought } from './thinking-turns.ts';

const providers = fakeProviders(
  {
    match: { userMessage: 'work', hasToolResult: false },
    response: { toolCalls: [{ name: 'work', arguments: '{"n":7}', id: 'toolu_1' }] },
  },
  { match: { userMessage: 'work', hasToolResult: true }, response: { content: 'So be it.' } },
  { match: { userMessage: 'and now' }, response: { content: 'Now this.' } },
);

const request = { message: 'work' };
const aGuardedAgent = (model: string, done: unknown[] = []) =>
  anAgentWith(aTool({ approval: { when: 'always' }, does: (args) => done.push(args) }), { model });
const aRun = (model: string, options = {}) =>
  new AgentDriver(aGuardedAgent(model), { access: providers.access(), request, ...options });

const lastSent = () => JSON.stringify(providers.front.requests.at(-1)?.body);

describe.each(Object.entries(modelIds))('a run on %s that waits for a decision', (_, model) => {
  it('runs the tool in another process when it is approved', async () => {
    providers.front.meet();
    const done: unknown[] = [];
    const paused = aRun(model);
    const decision = approved(await paused.ask());

    const resumed = paused.inAnotherProcess(aGuardedAgent(model, done), {
      access: providers.access(),
    });

    expect(await resumed.answer({ decision })).toBe('So be it.');
    expect(done).toEqual([{ n: 7 }]);
  });

  it('runs the tool in another process with other arguments, and tells the model', async () => {
    providers.front.meet();
    const done: unknown[] = [];
    const paused = aRun(model);
    const decision = approvedWith(await paused.ask(), { n: 4711 });

    const resumed = paused.inAnotherProcess(aGuardedAgent(model, done), {
      access: providers.access(),
    });

    expect(await resumed.answer({ decision })).toBe('So be it.');
    expect(done).toEqual([{ n: 4711 }]);
    expect(lastSent()).toContain('4711');
    expect(lastSent()).toMatch(/"n\\*":7/);
  });

  it('tells the model in another process when it is rejected', async () => {
    providers.front.meet();
    const done: unknown[] = [];
    const paused = aRun(model);
    const decision = rejected(await paused.ask(), 'not on a Sunday');

    const resumed = paused.inAnotherProcess(aGuardedAgent(model, done), {
      access: providers.access(),
    });

    expect(await resumed.answer({ decision })).toBe('So be it.');
    expect(done).toEqual([]);
    expect(lastSent()).toContain('not on a Sunday');
  });
});

describe.each(Object.entries(thinkingTurns))('what a model of %s thinks', (provider, turn) => {
  const models: Readonly<Record<string, string>> = modelIds;
  const model = models[provider] ?? '';

  it('is told, and handed back as it was signed after a tool call in another process', async () => {
    providers.front.meet(turn);
    const paused = aRun(model);
    const decision = approved(await paused.ask());

    const resumed = paused.inAnotherProcess(aGuardedAgent(model), { access: providers.access() });
    await resumed.answer({ decision });

    expect(paused.events).toContainEqual({ type: 'reasoning.delta', data: { text: thought } });
    expect(lastSent()).toContain(signature);
    expect(lastSent()).toContain(thought);
  });

  const others = Object.entries(modelIds).filter(([name]) => name !== provider);

  it.each(others)('is not shown to %s when the session goes on there', async (_, other) => {
    providers.front.meet(turn);
    const first = aRun(model);
    await first.answer({ decision: approved(await first.ask()) });

    const access = providers.access();
    const second = new AgentDriver(aGuardedAgent(other), {
      access,
      history: first.inAnotherProcess(aGuardedAgent(other), { access }).messages,
      request: { message: 'and now?' },
    });

    expect(await second.answer()).toBe('Now this.');
    expect(lastSent()).toContain('So be it.');
    expect(lastSent()).not.toContain(signature);
    expect(lastSent()).not.toContain(thought);
  });
});
