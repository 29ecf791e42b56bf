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
