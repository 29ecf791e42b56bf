import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { scriptedModel } from '#agent/scripted-model.ts';
import type { Message } from '#core/session/transcript.ts';
import { anAgent } from '../builders/an-agent.ts';
import { anAgentWith, aTool, callsInTurn } from './a-tool.ts';
import { AgentDriver, listeningModel } from './agent-driver.ts';

const saying = (text: string, modelId?: string) =>
  listeningModel(scriptedModel(() => ({ text }), modelId));

/** A model that streams these parts, whatever it is asked. */
const streaming = (...parts: LanguageModelV4StreamPart[]): LanguageModelV4 => ({
  ...scriptedModel(() => ({})),
  doStream: async () => ({ stream: ReadableStream.from(parts) }),
});

const finish = (inputTokens?: number, outputTokens?: number): LanguageModelV4StreamPart => ({
  type: 'finish',
  finishReason: { unified: 'stop', raw: undefined },
  usage: {
    inputTokens: {
      total: inputTokens,
      noCache: undefined,
      cacheRead: undefined,
      cacheWrite: undefined,
    },
    outputTokens: { total: outputTokens, text: undefined, reasoning: undefined },
  },
});

describe('the model is called', () => {
  it('with the instructions, the session before, and the question', async () => {
    const { model, heard } = saying('hi');
    const history: Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'earlier' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'answer' }] },
    ];
    const run = new AgentDriver(anAgent({ model, instructions: 'Be brief.' }), { history });

    await run.answer();

    expect(heard[0]?.prompt).toEqual([
      { role: 'system', content: 'Be brief.' },
      ...history,
      { role: 'user', content: [{ type: 'text', text: 'hello' }] },
    ]);
  });

  it('with the results of one turn in one message', async () => {
    const { model, heard } = listeningModel(scriptedModel(callsInTurn([{}, {}])));
    const run = new AgentDriver(anAgentWith(aTool(), { model }));

    await run.answer();

    expect(heard[1]?.prompt.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
    ]);
    expect(heard[1]?.prompt[3]?.content).toHaveLength(2);
  });

  it('with its tools as JSON schemas', async () => {
    const { model, heard } = saying('hi');

    await new AgentDriver(anAgentWith(aTool(), { model })).answer();

    expect(heard[0]?.tools).toMatchObject([
      {
        type: 'function',
        name: 'work',
        description: 'Works',
        inputSchema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
      },
    ]);
  });

  it('with the options of the request, and with no others', async () => {
    const { model, heard } = saying('hi');
    const options = { temperature: 0, maxTokens: 77 };

    await new AgentDriver(anAgent({ model }), { request: { options } }).answer();
    await new AgentDriver(anAgent({ model })).answer();

    expect(heard[0]).toMatchObject({ temperature: 0, maxOutputTokens: 77 });
    expect(heard[1]).not.toHaveProperty('temperature');
    expect(heard[1]).not.toHaveProperty('maxOutputTokens');
  });

  it.each([
    [undefined, 'main'],
    ['main', 'main'],
    ['small', 'small'],
    ['cheap', 'cheap-2026'],
  ])('that options.model %s names: %s', async (wanted, expected) => {
    const called: string[] = [];
    const naming = (modelId: string) =>
      scriptedModel(() => {
        called.push(modelId);
        return { text: 'hi' };
      }, modelId);
    const agent = anAgent({
      model: naming('main'),
      otherModels: { small: naming('small'), cheap: naming('cheap-2026') },
    });

    await new AgentDriver(agent, { request: { options: { model: wanted } } }).answer();

    expect(called).toEqual([expected]);
  });
});

describe('what the model says', () => {
  it('is kept with what it thought, whom it called, and what it took', async () => {
    const script = callsInTurn([{}]);
    const run = new AgentDriver(
      anAgentWith(aTool(), {
        script: (context) => ({ reasoning: 'hm', ...script(context) }),
      }),
    );

    await run.answer();

    expect(run.messages[1]).toEqual({
      role: 'assistant',
      model: 'longrun/scripted',
      content: [
        { type: 'reasoning', text: 'hm' },
        { type: 'tool-call', toolCallId: 'call_0_0', toolName: 'work', input: { n: 1 } },
      ],
      usage: run.usages[0],
    });
  });

  it('is counted as its provider counts', async () => {
    const model = streaming(finish(120, 7));
    const run = new AgentDriver(anAgent({ model }));

    await run.answer();

    expect(run.usages).toEqual([{ inputTokens: 120, outputTokens: 7 }]);
  });

  it('counts as nothing where its provider does not count', async () => {
    const run = new AgentDriver(anAgent({ model: streaming(finish()) }));

    await run.answer();

    expect(run.usages).toEqual([{ inputTokens: 0, outputTokens: 0 }]);
  });

  it.each([
    ['no arguments at all', '', {}],
    ['what is no JSON', '{"n": ', '{"n": '],
  ])('may be a call with %s', async (_, input, expected) => {
    const call = { type: 'tool-call', toolCallId: 'c', toolName: 'work', input } as const;
    const run = new AgentDriver(anAgentWith(aTool(), { model: streaming(call, finish()) }));

    await run.step();
    await run.step();

    expect(run.toolCalls).toMatchObject([{ arguments: expected, output: { type: 'error-text' } }]);
  });

  it('may be nothing', async () => {
    const run = new AgentDriver(anAgent({ model: streaming(finish()) }));

    expect(await run.answer()).toBe('');
  });
});

describe('a run fails with', () => {
  it('step_limit when the model has been called as often as it may', async () => {
    const script = () => ({ toolCalls: [{ name: 'work', input: { n: 1 } }] });
    const run = new AgentDriver(anAgentWith(aTool(), { script, limits: { maxSteps: 3 } }));

    const outcome = await run.drive();

    expect(outcome).toMatchObject({ kind: 'fail', error: { code: 'step_limit' } });
    expect(run.toolCalls).toHaveLength(3);
  });

  it('no limit below 20 model calls where the agent sets none', async () => {
    const calls = Array.from({ length: 19 }, () => [{}]);
    const within = new AgentDriver(anAgentWith(aTool(), { script: callsInTurn(...calls) }));
    const beyond = new AgentDriver(anAgentWith(aTool(), { script: callsInTurn(...calls, [{}]) }));

    expect(await within.drive()).toMatchObject({ kind: 'done' });
    expect(await beyond.drive()).toMatchObject({ kind: 'fail', error: { code: 'step_limit' } });
  });

  it.each<[string, LanguageModelV4]>([
    ['refuses', { ...streaming(), doStream: () => Promise.reject(new Error('no such key')) }],
    ['breaks off', streaming({ type: 'error', error: new Error('no such key') })],
    ['breaks off with a text', streaming({ type: 'error', error: 'no such key' })],
  ])('model_error and what the provider said when the model %s', async (_, model) => {
    const outcome = await new AgentDriver(anAgent({ model })).drive();

    expect(outcome).toEqual({
      kind: 'fail',
      error: { code: 'model_error', message: 'no such key' },
    });
  });

  it('nothing when the step is aborted during a model call', async () => {
    const stop = new AbortController();
    const model: LanguageModelV4 = {
      ...streaming(),
      doStream: () => {
        stop.abort(new Error('cancelled'));
        return Promise.reject(new Error('fetch failed'));
      },
    };

    const step = new AgentDriver(anAgent({ model }), { signal: stop.signal }).step();

    await expect(step).rejects.toThrow('cancelled');
  });

  it('nothing when the step is aborted while a model is silent that does not heed it', async () => {
    const stop = new AbortController();
    const silent = new ReadableStream<LanguageModelV4StreamPart>();
    const model = { ...streaming(), doStream: async () => ({ stream: silent }) };
    const step = new AgentDriver(anAgent({ model }), { signal: stop.signal }).step();

    setImmediate(() => stop.abort(new Error('cancelled')));

    await expect(step).rejects.toThrow('cancelled');
  });
});
