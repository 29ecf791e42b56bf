import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Script, type ScriptContext, scriptedModel } from '#agent/scripted-model.ts';
import { collect } from '../builders/collect.ts';
import { callsInTurn } from './a-tool.ts';

type Prompt = LanguageModelV4CallOptions['prompt'];

const user = (text: string): Prompt[number] => ({
  role: 'user',
  content: [{ type: 'text', text }],
});

const call = (toolCallId: string, input: unknown = {}): Prompt[number] => ({
  role: 'assistant',
  content: [{ type: 'tool-call', toolCallId, toolName: 'work', input }],
});

type ToolPart = Extract<
  Extract<Prompt[number], { role: 'tool' }>['content'][number],
  { type: 'tool-result' }
>;

const result = (toolCallId: string, output: ToolPart['output']): Prompt[number] => ({
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId, toolName: 'work', output }],
});

const prompt: Prompt = [{ role: 'system', content: 'Be brief.' }, user('hello')];

async function stream(script: Script, options: Partial<LanguageModelV4CallOptions> = {}) {
  const { stream: parts } = await scriptedModel(script).doStream({ prompt, ...options });
  return collect(parts);
}

const deltas = (
  parts: readonly LanguageModelV4StreamPart[],
  type: 'text-delta' | 'reasoning-delta',
) => parts.flatMap((part) => (part.type === type ? [part.delta] : []));

/** What a script is told. */
async function contextFor(options: Partial<LanguageModelV4CallOptions>): Promise<ScriptContext> {
  const told: ScriptContext[] = [];
  await stream((context) => {
    told.push(context);
    return {};
  }, options);
  const [context] = told;
  if (!context) throw new Error('The script was not asked');
  return context;
}

describe('a script is told', () => {
  it('the last question and what came of the calls since', async () => {
    const context = await contextFor({
      prompt: [
        ...prompt,
        call('a'),
        result('a', { type: 'text', value: 'of an earlier question' }),
        user('and now?'),
        call('b', { n: 1 }),
        result('b', { type: 'json', value: [1] }),
        call('c', { n: 2 }),
        result('c', { type: 'error-text', value: 'broken' }),
        call('d', { n: 3 }),
        result('d', { type: 'execution-denied', reason: 'no' }),
      ],
    });

    expect(context).toMatchObject({ message: 'and now?', turn: 3, wantsJson: false });
    expect(context.results).toEqual([
      { toolName: 'work', input: { n: 1 }, value: [1], outcome: 'ok' },
      { toolName: 'work', input: { n: 2 }, value: 'broken', outcome: 'error' },
      { toolName: 'work', input: { n: 3 }, value: 'no', outcome: 'denied' },
    ]);
  });

  it('the media of the last question', async () => {
    const data = { type: 'data' as const, data: new Uint8Array(1) };
    const file = { type: 'file' as const, mediaType: 'image/png', data };
    const context = await contextFor({ prompt: [{ role: 'user', content: [file] }] });

    expect(context).toMatchObject({ message: '', media: [{ mediaType: 'image/png' }] });
  });

  it('whether the caller wants JSON', async () => {
    expect(await contextFor({ responseFormat: { type: 'json' } })).toMatchObject({
      wantsJson: true,
    });
  });
});

describe('a scripted model', () => {
  it('says the same to the same transcript, whatever it said before and to whom', async () => {
    const script = callsInTurn([{}], [{}, {}]);
    const model = scriptedModel(script);
    const transcripts = [prompt, [...prompt, call('a')], [...prompt, call('a'), call('b')]];
    const say = (one: typeof model, p: Prompt) => one.doGenerate({ prompt: p });

    const once = await Promise.all(transcripts.map((p) => say(model, p)));
    const backwards = await Promise.all(transcripts.toReversed().map((p) => say(model, p)));
    const elsewhere = await Promise.all(transcripts.map((p) => say(scriptedModel(script), p)));

    expect(backwards.toReversed()).toEqual(once);
    expect(elsewhere).toEqual(once);
  });

  it('gives each call of a session an id of its own', async () => {
    const script: Script = () => ({
      toolCalls: [
        { name: 'work', input: {} },
        { name: 'work', input: {} },
      ],
    });
    const model = scriptedModel(script);
    const ids: string[] = [];
    let transcript = prompt;
    for (let i = 0; i < 3; i += 1) {
      const { content } = await model.doGenerate({ prompt: transcript });
      ids.push(...content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : [])));
      transcript = [...transcript, call(`x${i}`), user('more')];
    }

    expect(new Set(ids).size).toBe(6);
  });

  it('streams word by word, first what it thinks', async () => {
    const parts = await stream(() => ({ reasoning: 'let me see', text: 'one two\n three ' }));

    expect(deltas(parts, 'reasoning-delta')).toEqual(['let', ' me', ' see']);
    expect(deltas(parts, 'text-delta')).toEqual(['one', ' two', '\n three ']);
    expect(parts.map(({ type }) => type)).toEqual([
      'stream-start',
      'reasoning-start',
      ...Array.from({ length: 3 }, () => 'reasoning-delta'),
      'reasoning-end',
      'text-start',
      ...Array.from({ length: 3 }, () => 'text-delta'),
      'text-end',
      'finish',
    ]);
  });

  it('streams what it generates, whatever that is', async () => {
    const word = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(' ', '\n', '\t', '  '));
    const text = fc.array(word).map((all) => all.join(''));
    const turn = fc.record(
      {
        text,
        reasoning: text,
        toolCalls: fc.array(fc.record({ name: fc.string(), input: fc.jsonValue() })),
      },
      { requiredKeys: [] },
    );
    const limit = fc.option(fc.nat({ max: 20 }), { nil: undefined });

    await fc.assert(
      fc.asyncProperty(turn, limit, async (says, maxOutputTokens) => {
        const options = { prompt, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) };
        const generated = await scriptedModel(() => says).doGenerate(options);

        const parts = await stream(() => says, options);

        expect([
          ...textPart('reasoning', deltas(parts, 'reasoning-delta')),
          ...textPart('text', deltas(parts, 'text-delta')),
          ...parts.filter((part) => part.type === 'tool-call'),
        ]).toEqual(generated.content);
        const { usage, finishReason } = generated;
        expect(parts.at(-1)).toEqual({ type: 'finish', usage, finishReason });
      }),
    );
  });

  it('is cut where it may say no more', async () => {
    const options = { maxOutputTokens: 2 };

    const parts = await stream(() => ({ text: 'twelve chars' }), options);

    expect(deltas(parts, 'text-delta').join('')).toBe('twelve c');
    expect(parts.at(-1)).toMatchObject({
      finishReason: { unified: 'length' },
      usage: { outputTokens: { total: 2 } },
    });
  });

  it('says why it ends', async () => {
    const reasonOf = async (script: Script) => (await stream(script)).at(-1);

    expect(await reasonOf(() => ({ text: 'x' }))).toMatchObject({
      finishReason: { unified: 'stop' },
    });
    expect(await reasonOf(callsInTurn([{}]))).toMatchObject({
      finishReason: { unified: 'tool-calls' },
    });
  });

  it('counts four characters as a token', async () => {
    const { usage } = await scriptedModel(() => ({
      reasoning: 'x'.repeat(8),
      text: 'y'.repeat(9),
    })).doGenerate({ prompt });

    expect(usage.inputTokens.total).toBe(Math.ceil(JSON.stringify(prompt).length / 4));
    expect(usage.outputTokens).toEqual({ total: 5, text: 3, reasoning: 2 });
  });

  it('stops in the middle of a text when it is told to', async () => {
    const stop = new AbortController();
    const { stream: parts } = await scriptedModel(() => ({ text: 'a b c d e f g h' })).doStream({
      prompt,
      abortSignal: stop.signal,
    });

    const reading = (async () => {
      for await (const part of parts) if (part.type === 'text-delta') stop.abort(new Error('stop'));
    })();

    await expect(reading).rejects.toThrow('stop');
  });
});

const textPart = (type: 'reasoning' | 'text', words: readonly string[]) =>
  words.length > 0 ? [{ type, text: words.join('') }] : [];
