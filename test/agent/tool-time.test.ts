import { describe, expect, it } from 'vitest';
import { anAgentWith, aTool } from './a-tool.ts';
import { AgentDriver } from './agent-driver.ts';

describe('a tool that takes too long', () => {
  const timeoutSeconds = 0.02;

  it('is aborted, and the model is told', async () => {
    const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
    const tool = aTool({
      timeoutSeconds,
      does: async (_, { signal }) => {
        signal.addEventListener('abort', () => abort());
        await aborted;
        signal.throwIfAborted();
      },
    });
    const run = new AgentDriver(anAgentWith(tool));

    expect(await run.answer()).toBe('error: work took longer than 0.02 s.');
    await aborted;
  });

  it('and does not heed its signal is left behind', async () => {
    const { promise: never } = Promise.withResolvers<never>();
    const run = new AgentDriver(anAgentWith(aTool({ timeoutSeconds, does: () => never })));

    expect(await run.answer()).toBe('error: work took longer than 0.02 s.');
  });

  it('and fails after that disturbs nobody', async () => {
    const { promise: late, reject: fail } = Promise.withResolvers<never>();
    const run = new AgentDriver(anAgentWith(aTool({ timeoutSeconds, does: () => late })));
    await run.answer();

    fail(new Error('too late'));

    await new Promise(setImmediate);
    expect(run.toolCalls).toHaveLength(1);
  });
});

describe('a step that is aborted', () => {
  it.each([
    [
      'a tool that heeds its signal',
      (signal: AbortSignal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ],
    ['a tool that does not', () => new Promise(() => undefined)],
    [
      'a tool that makes an answer of it',
      (signal: AbortSignal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => setImmediate(resolve, 'stopped')),
        ),
    ],
  ])('has no result with %s', async (_, wait) => {
    const stop = new AbortController();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const tool = aTool({
      does: (_args, { signal }) => {
        begin();
        return wait(signal);
      },
    });
    const run = new AgentDriver(anAgentWith(tool), { signal: stop.signal });
    await run.step();

    const step = run.step();
    await begun;
    stop.abort(new Error('cancelled'));

    await expect(step).rejects.toThrow('cancelled');
    expect(run.toolCalls).toEqual([]);
  });
});
