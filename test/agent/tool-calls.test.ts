import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { anAgent } from '../builders/an-agent.ts';
import { anAgentWith, aTool, callsInTurn } from './a-tool.ts';
import { AgentDriver } from './agent-driver.ts';

describe('an agent with a tool', () => {
  it('calls it with its arguments and answers with what came of it', async () => {
    const run = new AgentDriver(
      anAgentWith(aTool(), { script: callsInTurn([{ input: { n: 7 } }]) }),
    );

    expect(await run.answer()).toBe('ok: {"n":7}');
    expect(run.toolCalls).toMatchObject([{ name: 'work', arguments: { n: 7 } }]);
  });

  it('takes one step for each model call and each tool call', async () => {
    const script = callsInTurn([{}, {}], [{}]);
    const run = new AgentDriver(anAgentWith(aTool(), { script }));
    const kinds: string[] = [];

    do kinds.push((await run.step()).outcome.kind);
    while (kinds.at(-1) === 'continue');

    expect(kinds).toHaveLength(6);
    expect(run.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'tool',
      'assistant',
      'tool',
      'assistant',
    ]);
  });

  it('calls several tools of one turn in the order in which the model asked', async () => {
    const order: unknown[] = [];
    const tool = aTool({ does: (args) => order.push(args) });
    const inputs = [3, 1, 2].map((n) => ({ input: { n } }));
    const run = new AgentDriver(anAgentWith(tool, { script: callsInTurn(inputs) }));

    await run.answer();

    expect(order).toEqual([{ n: 3 }, { n: 1 }, { n: 2 }]);
  });

  it('gives its tool arguments as the schema makes them', async () => {
    const seen: unknown[] = [];
    const tool = aTool({
      input: z.object({ n: z.number().default(5), text: z.string().trim().optional() }),
      does: (args) => void seen.push(args),
    });
    const script = callsInTurn([{ input: { text: ' x ', more: 1 } }]);

    await new AgentDriver(anAgentWith(tool, { script })).answer();

    expect(seen).toEqual([{ n: 5, text: 'x' }]);
  });
});

describe('what is wrong with a call goes back to the model', () => {
  it.each([
    ['a wrong type', { n: 'one' }, 'error: Invalid arguments: n: '],
    ['nothing', {}, 'error: Invalid arguments: n: '],
    ['no object', 'n=1', 'error: Invalid arguments: arguments: '],
  ])('for %s, and the tool is not run', async (_, input, answer) => {
    const runs: unknown[] = [];
    const tool = aTool({ does: (args) => void runs.push(args) });
    const run = new AgentDriver(anAgentWith(tool, { script: callsInTurn([{ input }]) }));

    expect(await run.answer()).toContain(answer);
    expect(runs).toEqual([]);
  });

  it('for every argument that does not fit', async () => {
    const tool = aTool({ input: z.object({ a: z.object({ b: z.number() }), c: z.string() }) });
    const script = callsInTurn([{ input: { a: { b: 'x' }, c: 1 } }]);

    const answer = await new AgentDriver(anAgentWith(tool, { script })).answer();

    expect(answer).toMatch(/a\.b: .+; c: /);
  });

  it('for a tool that there is not', async () => {
    const run = new AgentDriver(anAgent({ script: callsInTurn([{ name: 'none' }]) }));

    expect(await run.answer()).toBe('error: There is no tool none.');
  });

  it.each([
    ['an error', () => Promise.reject(new Error('no such table')), 'error: no such table'],
    [
      'an error at once',
      () => {
        throw new TypeError('bad');
      },
      'error: bad',
    ],
    ['what is no error', () => Promise.reject('just text'), 'error: just text'],
  ])('for a tool that throws %s', async (_, does, answer) => {
    const run = new AgentDriver(anAgentWith(aTool({ does })));

    expect(await run.answer()).toBe(answer);
  });

  it('so that it can do better', async () => {
    const script = callsInTurn([{ input: {} }], [{ input: { n: 2 } }]);
    const run = new AgentDriver(anAgentWith(aTool(), { script }));

    expect(await run.answer()).toMatch(/^error: Invalid arguments: .+; ok: {"n":2}$/);
  });
});

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

describe('a result', () => {
  it.each([
    ['text', 'as it is', 'ok: as it is'],
    ['an empty text', '', 'ok: '],
    ['a number', 1.5, 'ok: 1.5'],
    ['an array', [1, { a: null }], 'ok: [1,{"a":null}]'],
    ['nothing', undefined, 'ok: null'],
    ['null', null, 'ok: null'],
    ['a date', new Date(0), 'ok: 1970-01-01T00:00:00.000Z'],
    ['what JSON has no word for', { a: undefined, b: Number.NaN }, 'ok: {"b":null}'],
    ['just as large as fits', 'x'.repeat(128 * 1024), `ok: ${'x'.repeat(128 * 1024)}`],
  ])('that is %s is told to the model', async (_, result, answer) => {
    const run = new AgentDriver(anAgentWith(aTool({ does: () => result })));

    expect(await run.answer()).toBe(answer);
  });

  it.each([
    ['a cycle', cyclic],
    ['a big integer', { n: 1n }],
  ])('that is %s is an error for the model', async (_, result) => {
    const run = new AgentDriver(anAgentWith(aTool({ does: () => result })));

    expect(await run.answer()).toMatch(/^error: ./);
  });

  it.each([
    ['text', 'x'.repeat(128 * 1024 + 1)],
    ['text of many bytes', '世'.repeat(50_000)],
    ['JSON', { rows: Array.from({ length: 20_000 }, (_, i) => `row ${i}`) }],
  ])('that is %s and too large says so instead', async (_, result) => {
    const run = new AgentDriver(anAgentWith(aTool({ does: () => result })));

    expect(await run.answer()).toMatch(
      /^error: The result has \d+ bytes, more than the 131072 that fit/,
    );
  });
});

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

describe('what a tool is told beside its arguments', () => {
  it('is whose run it works for', async () => {
    const contexts: object[] = [];
    const run = new AgentDriver(
      anAgentWith(aTool({ does: (_, context) => void contexts.push(context) })),
    );

    await run.answer();

    const { runId } = run;
    expect(contexts).toMatchObject([{ runId, orgId: 'acme', userId: 'ann', sessionId: 'session' }]);
  });

  it('is a key that is the same for every attempt at a call and another for every call', async () => {
    const keys: string[] = [];
    const tool = aTool({
      idempotent: true,
      does: (_, { idempotencyKey }) => void keys.push(idempotencyKey),
    });
    const run = new AgentDriver(anAgentWith(tool, { script: callsInTurn([{}, {}]) }));
    await run.step();

    await run.crash();
    await run.crash();
    await run.answer();

    expect(keys).toHaveLength(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(new Set(keys).size).toBe(2);
    expect(keys.every((key) => key.startsWith(`${run.runId}:`))).toBe(true);
  });

  it('is how it can tell how far it is', async () => {
    const update = { phase: 'reading', percentage: 50, message: '1 of 2' };
    const tool = aTool({ does: (_, { progress }) => progress(update) });
    const run = new AgentDriver(anAgentWith(tool));

    await run.answer();

    expect(run.events).toContainEqual({ type: 'progress', data: update });
  });
});

describe('whoever reads along', () => {
  const typesOf = (run: AgentDriver) => run.events.map(({ type }) => type);

  it('is told when a tool begins, with its arguments, and what came of it', async () => {
    const run = new AgentDriver(anAgentWith(aTool({ does: () => ({ found: 2 }) })));

    await run.answer();

    const call = { toolCallId: 'call_0_0', tool: 'work' };
    expect(run.events.slice(0, 2)).toEqual([
      { type: 'tool.started', data: { ...call, arguments: { n: 1 } } },
      { type: 'tool.completed', data: { ...call, result: { found: 2 } } },
    ]);
  });

  it('is told that a tool failed, and why', async () => {
    const run = new AgentDriver(
      anAgentWith(aTool({ does: () => Promise.reject(new Error('no')) })),
    );

    await run.answer();

    expect(run.events[1]).toMatchObject({ type: 'tool.failed', data: { message: 'no' } });
  });

  it('is told what the model thinks and says as it comes', async () => {
    const script = () => ({ reasoning: 'let me see', text: 'a b' });
    const run = new AgentDriver(anAgent({ script }));

    await run.answer();

    expect(typesOf(run)).toEqual([
      ...Array.from({ length: 3 }, () => 'reasoning.delta'),
      ...Array.from({ length: 2 }, () => 'text.delta'),
    ]);
  });
});
