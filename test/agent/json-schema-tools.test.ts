import { describe, expect, it } from 'vitest';
import { defineTool, type ToolInput } from '#agent/define-agent.ts';
import { scriptedModel } from '#agent/scripted-model.ts';
import { anAgentWith, callsInTurn } from './a-tool.ts';
import { AgentDriver, listeningModel } from './agent-driver.ts';

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    city: { type: 'string', minLength: 1 },
    days: { type: 'integer', minimum: 1, default: 3 },
  },
  required: ['city'],
} as const;

/** A run of an agent whose tool declares its arguments as JSON Schema, and what the tool got. */
function aRun(input: unknown, declared: ToolInput = schema) {
  const got: unknown[] = [];
  const tool = defineTool({
    name: 'work',
    description: 'Works',
    input: declared,
    approval: { when: (args) => typeof args === 'object' && args !== null && 'ask' in args },
    execute: (args) => void got.push(args),
  });
  return { run: new AgentDriver(anAgentWith(tool, { script: callsInTurn([{ input }]) })), got };
}

describe('a tool that declares its arguments as JSON Schema', () => {
  it('gets arguments that fit, with their defaults', async () => {
    const { run, got } = aRun({ city: 'Oslo', more: true });

    expect(await run.answer()).toBe('ok: null');
    expect(got).toEqual([{ city: 'Oslo', days: 3, more: true }]);
  });

  it.each([
    [{}, 'city: '],
    [{ city: '' }, 'city: '],
    [{ city: 'Oslo', days: 0.5 }, 'days: '],
    ['Oslo', 'arguments: '],
  ])('gets none that do not fit, and the model is told: %j', async (input, told) => {
    const { run, got } = aRun(input);

    expect(await run.answer()).toContain(`error: Invalid arguments: ${told}`);
    expect(got).toEqual([]);
  });

  it('is described to the model as it was declared', async () => {
    const tool = defineTool({ name: 'work', description: '', input: schema, execute: () => '' });
    const { model, heard } = listeningModel(scriptedModel(() => ({ text: 'done' })));

    await new AgentDriver(anAgentWith(tool, { model })).answer().catch(() => undefined);

    expect(heard[0]?.tools).toMatchObject([{ inputSchema: schema }]);
  });

  it('may ask for an approval by its arguments', async () => {
    const { run } = aRun({ city: 'Oslo', ask: true });

    expect(await run.ask()).toMatchObject({ arguments: { city: 'Oslo', ask: true } });
  });

  it.each<[string, object]>([
    ['if', { if: {}, else: {} }],
    ['not', { properties: { a: { not: { type: 'string' } } } }],
    ['what is no JSON', { default: 1n }],
  ])('cannot be declared with what cannot be checked: %s', (_, more) => {
    expect(() => aRun({}, { type: 'object', ...more })).toThrow(/^tool work: input: /);
  });
});
