import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { toCharacters } from '#agent/large-result.ts';
import { type Script, scriptedModel } from '#agent/scripted-model.ts';
import { usageOf } from '#agent/scripted-usage.ts';
import { anAgentWith, aTool } from './a-tool.ts';
import { AgentDriver, listeningModel } from './agent-driver.ts';

const kilobyte = 1024;
const numbers = Array.from({ length: 40_000 }, (_, i) => i).join(' ');
const rows = { rows: Array.from({ length: 20_000 }, (_, i) => `row ${i}`) };

const once: Script = ({ results }) =>
  results.length > 0
    ? { text: results.map(({ outcome, value }) => `${outcome}: ${value}`).join('\n') }
    : { toolCalls: [{ name: 'work', input: { n: 1 } }] };

function aRunWith(result: unknown, script: Script = once, more: Partial<AgentDefinition> = {}) {
  const { model, heard } = listeningModel(scriptedModel(script));
  const run = new AgentDriver(anAgentWith(aTool({ does: () => result }), { model, ...more }));
  return { run, heard };
}

describe('a result of more than 128 KB', () => {
  it.each([
    ['text', numbers, numbers],
    ['JSON', rows, JSON.stringify(rows)],
    ['text of many bytes', '世'.repeat(50_000), '世'.repeat(50_000)],
  ])('that is %s is told with its beginning, its end and its length', async (_, result, text) => {
    const answer = await aRunWith(result).run.answer();

    expect(answer.length).toBeLessThan(33_000);
    expect(answer).toMatch(/^ok: /);
    expect(answer).toContain(text.slice(0, 24_000));
    expect(answer).toContain(text.slice(-8_000));
    expect(answer).toContain(`This result has ${text.length} characters.`);
  });

  it.each([
    ['text', numbers, numbers],
    ['json', rows, JSON.stringify(rows)],
  ])('that is %s is kept whole with its session', async (type, result, text) => {
    const { run } = aRunWith(result);

    await run.answer();

    const [call] = run.toolCalls;
    expect(call?.full).toMatchObject({ type, bytes: Buffer.byteLength(text) });
    expect(call?.full?.blobKey).toMatch(new RegExp(`^acme/session/${run.runId}/result-`));
    const kept = await run.blobs.get(call?.full?.blobKey ?? '');
    expect(Buffer.from(kept).toString()).toBe(text);
  });

  it('is kept although the id of its call is no name for a file', async () => {
    const toolCallId = '../functions.work:0/ü';
    const model: AgentDefinition['model'] = {
      ...scriptedModel(() => ({})),
      doStream: async ({ prompt }) => ({
        stream: ReadableStream.from([
          prompt.some(({ role }) => role === 'tool')
            ? { type: 'text-delta' as const, id: 't', delta: 'done' }
            : { type: 'tool-call' as const, toolCallId, toolName: 'work', input: '{"n":1}' },
          {
            type: 'finish' as const,
            finishReason: { unified: 'stop' as const, raw: undefined },
            usage: usageOf(prompt, '', '', []),
          },
        ]),
      }),
    };
    const { run } = aRunWith(numbers, once, { model });

    expect(await run.answer()).toBe('done');
    expect(await run.blobs.get(run.toolCalls[0]?.full?.blobKey ?? '')).toHaveLength(numbers.length);
  });

  it('can be read on, piece by piece, to its end', async () => {
    const { run } = aRunWith(numbers, ({ results }) => {
      const pieces = results.slice(1).map(({ value }) => `${value}`.replace(/^\[.*\]\n/, ''));
      const offset = pieces.join('').length;
      if (results.length > 0 && offset === numbers.length) return { text: pieces.join('') };
      const name = results.length === 0 ? 'work' : 'read_tool_result';
      return { toolCalls: [{ name, input: { n: 1, toolCallId: 'call_0_0', offset } }] };
    });

    expect(await run.answer()).toBe(numbers);
    expect(run.toolCalls[1]?.output).toMatchObject({
      value: expect.stringMatching(/^\[Characters 0 to 32000 of 228889\]\n0 1 2/),
    });
  });

  it('is what the model gets a tool for, and nothing else is', async () => {
    const { run, heard } = aRunWith(numbers);
    await run.answer();

    const toolsOf = heard.map(({ tools }) => tools?.map(({ name }) => name));
    expect(toolsOf).toEqual([['work'], ['work', 'read_tool_result']]);
  });

  it('can be read on in a later run of the session', async () => {
    const { run: first } = aRunWith(numbers);
    await first.answer();
    const reading: Script = ({ results: [result] }) =>
      result
        ? { text: `${result.value}` }
        : { toolCalls: [{ name: 'read_tool_result', input: { toolCallId: 'call_0_0' } }] };
    const later = new AgentDriver(anAgentWith(aTool(), { script: reading }), {
      history: first.messages,
      blobs: first.blobs,
    });

    expect(await later.answer()).toContain('[Characters 0 to 32000 of 228889]\n0 1 2');
  });

  it('of another call is not at hand', async () => {
    const { run } = aRunWith(numbers, ({ results }) => {
      if (results.length === 2) return { text: `${results[1]?.outcome}: ${results[1]?.value}` };
      const name = results.length === 0 ? 'work' : 'read_tool_result';
      return { toolCalls: [{ name, input: { n: 1, toolCallId: 'call_9_9' } }] };
    });

    expect(await run.answer()).toBe('error: No result of a call call_9_9 was cut.');
  });

  it('of more than 4 MB is an error', async () => {
    const { run } = aRunWith('x'.repeat(4 * kilobyte * kilobyte + 1));

    expect(await run.answer()).toMatch(
      /^error: The result has 4194305 bytes, more than the 4194304/,
    );
    expect(run.toolCalls[0]?.full).toBeUndefined();
  });

  it('that cannot be kept is no answer: the step is taken again', async () => {
    const { run } = aRunWith(numbers);
    await run.step();
    run.blobs.put = () => Promise.reject(new Error('disk full'));

    await expect(run.step()).rejects.toThrow('disk full');
  });
});

describe('a result of 128 KB', () => {
  it('is told as it is', async () => {
    const { run } = aRunWith('x'.repeat(128 * kilobyte));

    expect(await run.answer()).toBe(`ok: ${'x'.repeat(128 * kilobyte)}`);
    expect(run.toolCalls[0]?.full).toBeUndefined();
  });
});

it('cuts a text into pieces that are whole characters and the whole text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 7 }), (text, size) => {
      const pieces: string[] = [];
      for (let at = 0; at < text.length; at += pieces.at(-1)?.length ?? 0)
        pieces.push(toCharacters(text, at, at + size));

      expect(pieces.join('')).toBe(text);
      expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
    }),
  );
});
