import { type Fixture, LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll } from 'vitest';
import type { ModelAccess } from '#agent/models/model-access.ts';
import type { ModelSettings } from '#agent/models/model-keys.ts';
import { ModelRegistry } from '#agent/models/model-registry.ts';
import { ProviderFront } from './a-provider-front.ts';

/** One model of each provider. */
export const modelIds = {
  anthropic: 'anthropic:claude-sonnet-4-5',
  bedrock: 'bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  compatible: 'compatible:llama3.2:3b',
  openai: 'openai:gpt-4o',
} as const;

export const quickRetry = {
  attempts: 4,
  firstWaitMs: 1,
  longestWaitMs: 5,
  longestRetryAfterMs: 1_500,
};

export const settingsAt = (url: string): ModelSettings => ({
  ANTHROPIC_API_KEY: 'sk-ant-api03-of-a-test',
  ANTHROPIC_BASE_URL: url,
  OPENAI_API_KEY: 'sk-proj-of-a-test',
  OPENAI_BASE_URL: `${url}/v1`,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE12',
  AWS_SECRET_ACCESS_KEY: 'secret-of-a-test',
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
});

export class FakeProviders {
  readonly #fake: LLMock;
  front = new ProviderFront('');
  #settings: ModelSettings = {};

  constructor(...fixtures: Fixture[]) {
    this.#fake = new LLMock({ port: 0, logLevel: 'silent' }).addFixtures(fixtures);
  }

  async start(): Promise<void> {
    this.front = new ProviderFront(await this.#fake.start());
    this.#settings = settingsAt(await this.front.start());
  }

  async stop(): Promise<void> {
    this.front.stop();
    await this.#fake.stop();
  }

  /** As another process would build it: nothing is shared with an earlier one. */
  access(): Partial<ModelAccess> {
    return { registry: new ModelRegistry({ read: async () => this.#settings }), retry: quickRetry };
  }
}

/** The APIs of all providers on this machine, as long as the tests of a file run. */
export function fakeProviders(...fixtures: Fixture[]): FakeProviders {
  const providers = new FakeProviders(...fixtures);
  beforeAll(() => providers.start());
  afterAll(() => providers.stop());
  return providers;
}
