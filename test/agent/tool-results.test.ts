import { describe, expect, it } from 'vitest';
import { anAgentWith, aTool } from './a-tool.ts';
import { AgentDriver } from './agent-driver.ts';

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
});
