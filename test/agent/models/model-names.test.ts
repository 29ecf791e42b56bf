import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { agentModels } from '#agent/models/agent-models.ts';
import type { ModelSettings } from '#agent/models/model-keys.ts';
import { ModelRegistry } from '#agent/models/model-registry.ts';
import { scriptedModel } from '#agent/scripted-model.ts';
import { settingsAt } from './fake-providers.ts';

const everything = settingsAt('http://127.0.0.1:9');
const { ANTHROPIC_API_KEY: _, ...withoutAnthropic } = everything;
const { OPENAI_API_KEY: __, ...bedrockOnly } = withoutAnthropic;

type Declaration = Pick<AgentDefinition, 'model' | 'otherModels'>;

const modelsOf = (declared: Declaration, settings: ModelSettings = everything) =>
  agentModels(declared, new ModelRegistry({ read: async () => settings }));

const found = async (declared: Declaration, name?: string, settings?: ModelSettings) => {
  const { provider, modelId } = await modelsOf(declared, settings).find(name);
  return `${provider} ${modelId}`;
};

describe('the id of a model', () => {
  it.each([
    ['anthropic:claude-opus-5-5', 'anthropic.messages claude-opus-5-5'],
    ['bedrock:amazon.nova-pro-v1:0', 'amazon-bedrock amazon.nova-pro-v1:0'],
    ['compatible:llama3.2:3b', 'compatible.chat llama3.2:3b'],
    ['openai:gpt-4o', 'openai.responses gpt-4o'],
  ])('%s is %s', async (model, expected) => {
    expect(await found({ model })).toBe(expected);
  });

  it.each(['gpt-17', 'mistral:large', 'openai:', ':gpt-4o', '', 'constructor', '__proto__'])(
    'is not "%s", and what could be is named',
    (model) => {
      expect(() => modelsOf({ model })).toThrow(/anthropic, bedrock, compatible, openai.*gpt-4o/);
    },
  );

  it.each([
    ['anthropic:x', 'ANTHROPIC_API_KEY'],
    ['bedrock:x', 'AWS_REGION'],
    ['compatible:x', 'OPENAI_BASE_URL'],
    ['openai:x', 'OPENAI_API_KEY'],
  ])('%s says that it needs %s where that is not set', async (model, variable) => {
    await expect(found({ model }, undefined, {})).rejects.toThrow(`${model} needs ${variable}.`);
  });

  it('an alias says what would do, of each provider that has it', async () => {
    await expect(found({ model: 'claude-sonnet' }, undefined, {})).rejects.toThrow(
      /^anthropic:\S+ needs ANTHROPIC_API_KEY, or bedrock:\S+ needs AWS_REGION\.$/,
    );
  });
});

describe('an alias', () => {
  const model = 'claude-3-5-sonnet';

  it.each([
    ['at Anthropic with its key', everything, /^anthropic\.messages claude-sonnet/],
    ['on Bedrock without', withoutAnthropic, /^amazon-bedrock .*claude-sonnet/],
  ])('of Claude means the present one, %s', async (_what, settings, expected) => {
    expect(await found({ model }, undefined, settings)).toMatch(expected);
  });

  it.each([
    [everything, 'anthropic'],
    [withoutAnthropic, 'openai'],
    [bedrockOnly, 'amazon-bedrock'],
  ])('default is what there is a key for', async (settings, provider) => {
    expect(await found({ model: 'default' }, undefined, settings)).toMatch(
      new RegExp(`^${provider}`),
    );
  });
});

describe('an agent takes', () => {
  it('an allowed model by its alias and by its id', async () => {
    const declared = { model: 'gpt-4o', otherModels: ['openai:gpt-4o-mini'] };

    expect(modelsOf(declared).names).toEqual([
      'gpt-4o',
      'openai:gpt-4o-mini',
      'openai:gpt-4o',
      'gpt-4o-mini',
    ]);
    expect(await found(declared, 'gpt-4o-mini')).toBe('openai.responses gpt-4o-mini');
    expect(await found(declared, 'openai:gpt-4o')).toBe('openai.responses gpt-4o');
  });

  it('an alias for no other model than it declares', async () => {
    const model = 'bedrock:global.anthropic.claude-sonnet-5-5';

    expect(modelsOf({ model }).names).toContain('claude-3-5-sonnet');
    expect(modelsOf({ model }).names).not.toContain('default');
    expect(await found({ model }, 'claude-3-5-sonnet')).toMatch(/^amazon-bedrock/);
  });

  it('names of its own', async () => {
    const own = scriptedModel(() => ({}), 'mine');
    const declared = { model: own, otherModels: { cheap: 'gpt-4o-mini', other: own } };

    expect(modelsOf(declared).main).toBe('mine');
    expect(await found(declared)).toBe('longrun mine');
    expect(await found(declared, 'cheap')).toBe('openai.responses gpt-4o-mini');
    expect(await found(declared, 'other')).toBe('longrun mine');
  });

  it('its own model for a name that it no longer knows', async () => {
    expect(await found({ model: 'gpt-4o' }, 'gone')).toBe('openai.responses gpt-4o');
  });
});

describe('keys', () => {
  it('are read once, and again where they could not be read', async () => {
    let reads = 0;
    const registry = new ModelRegistry({
      read: async () => {
        reads += 1;
        if (reads === 1) throw new Error('throttled');
        return everything;
      },
    });

    await expect(registry.firstOf(['openai:gpt-4o'])).rejects.toThrow('throttled');
    await registry.firstOf(['openai:gpt-4o']);
    await registry.firstOf(['openai:gpt-4o-mini']);

    expect(reads).toBe(2);
  });
});
