import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const signs = ['LONGRUN_MODEL', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK'];

beforeEach(() => {
  vi.resetModules();
  for (const name of signs) vi.stubEnv(name, '');
});
afterEach(() => vi.unstubAllEnvs());

const load = async () => (await import('../../agents/chat.ts')).default;

describe('the agent chat', () => {
  it.each(signs)('is there with %s', async (name) => {
    vi.stubEnv(name, 'gpt-4o');

    expect((await load()).available?.()).toBe(true);
  });

  it('is not there without any of them', async () => {
    expect((await load()).available?.()).toBe(false);
  });

  it('runs on the model that is named, else on one that there is a key for', async () => {
    const usual = await load();
    vi.resetModules();
    vi.stubEnv('LONGRUN_MODEL', 'compatible:llama3.2');
    const named = await load();

    expect([usual.model, named.model]).toEqual(['default', 'compatible:llama3.2']);
  });
});
