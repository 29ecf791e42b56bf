import { describe, expect, it } from 'vitest';
import { makeAgent } from '#agent/make-agent.ts';
import { anAgentWith, aTool } from './a-tool.ts';
import { AgentDriver } from './agent-driver.ts';

/** A tool that fails so many times before it works, and the keys that it was called with. */
function aFlakyTool(failures: number, more: Parameters<typeof aTool>[0] = {}) {
  const keys: string[] = [];
  const tool = aTool({
    idempotent: true,
    retries: 2,
    does: (_, { idempotencyKey }) => {
      keys.push(idempotencyKey);
      if (keys.length <= failures) throw new Error(`busy ${keys.length}`);
      return 'done';
    },
    ...more,
  });
  return { run: new AgentDriver(anAgentWith(tool)), keys };
}

describe('a tool with retries', () => {
  it.each([0, 1, 2])(
    'that fails %d times works, and the model hears of it alone',
    async (failures) => {
      const { run, keys } = aFlakyTool(failures);

      expect(await run.answer()).toBe('ok: done');
      expect(keys).toHaveLength(failures + 1);
      expect(run.toolCalls).toHaveLength(1);
    },
  );

  it('that fails once more than that fails with what it said last', async () => {
    const { run, keys } = aFlakyTool(3);

    expect(await run.answer()).toBe('error: busy 3');
    expect(keys).toHaveLength(3);
  });

  it('gets the same key at each attempt', async () => {
    const { run, keys } = aFlakyTool(2);

    await run.answer();

    expect(new Set(keys).size).toBe(1);
  });

  it('tells its attempts to nobody but whoever reads along', async () => {
    const { run } = aFlakyTool(1);

    await run.answer();

    expect(run.events.filter(({ type }) => type !== 'text.delta')).toMatchObject([
      { type: 'tool.started' },
      {
        type: 'progress',
        data: { phase: 'retrying', message: 'work: attempt 1 of 3 failed: busy 1' },
      },
      { type: 'tool.completed' },
    ]);
  });

  it('waits a little before each of them', async () => {
    const at: number[] = [];
    const { run } = aFlakyTool(2, {
      does: () => {
        at.push(performance.now());
        if (at.length <= 2) throw new Error('busy');
      },
    });

    await run.answer();

    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(120);
    expect(third - second).toBeGreaterThanOrEqual(245);
  });

  it('is not called again when its time is up meanwhile', async () => {
    const { run, keys } = aFlakyTool(9, { timeoutSeconds: 0.05 });

    expect(await run.answer()).toBe('error: work took longer than 0.05 s.');
    expect(keys).toHaveLength(1);
  });

  it('is not called again when the run is cancelled meanwhile', async () => {
    const stop = new AbortController();
    const tool = aTool({
      idempotent: true,
      retries: 5,
      does: () => {
        setTimeout(() => stop.abort(new Error('cancelled')), 10);
        throw new Error('busy');
      },
    });
    const run = new AgentDriver(anAgentWith(tool), { signal: stop.signal });

    await expect(run.answer()).rejects.toThrow('cancelled');
  });

  it('is not called again for arguments that do not fit, nor for a result that is no JSON', async () => {
    const calls: unknown[] = [];
    const { run } = aFlakyTool(0, { does: (args) => calls.push(args) && { n: 1n } });

    expect(await run.answer()).toMatch(/^error: /);
    expect(calls).toHaveLength(1);
  });
});

describe('an agent cannot have a tool', () => {
  const make = (tool: Parameters<typeof aTool>[0]) => () =>
    makeAgent(anAgentWith(aTool(tool)), 'v1', new AgentDriver(anAgentWith(aTool())).blobs);

  it.each([
    [{ retries: 1 }, 'tool work: only what is idempotent may have retries'],
    [{ retries: 1.5, idempotent: true }, 'tool work: retries must be a whole number from 0 to 10'],
    [{ retries: -1, idempotent: true }, 'tool work: retries must be a whole number from 0 to 10'],
    [{ retries: 11, idempotent: true }, 'tool work: retries must be a whole number from 0 to 10'],
    [{ name: 'read_tool_result' }, 'tool read_tool_result: Longrun has one of that name itself'],
  ])('with %j', (tool, message) => {
    expect(make(tool)).toThrow(message);
  });
});
