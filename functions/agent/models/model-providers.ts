import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { ModelId, Provider } from './model-id.ts';
import type { ModelSettings } from './model-keys.ts';

interface ModelProvider {
  /** What is missing to reach it; `undefined` where nothing is. */
  missing(settings: ModelSettings): string | undefined;
  /** Loads the provider's code: who asks no model of it does not pay for it. */
  load(settings: ModelSettings, model: string): Promise<LanguageModelV4>;
}

const modelProviders: Readonly<Record<Provider, ModelProvider>> = {
  anthropic: {
    missing: ({ ANTHROPIC_API_KEY }) => (ANTHROPIC_API_KEY ? undefined : 'ANTHROPIC_API_KEY'),
    load: async ({ ANTHROPIC_API_KEY = '', ANTHROPIC_BASE_URL }, model) => {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      const baseURL = withVersion(ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com');
      return createAnthropic({ apiKey: ANTHROPIC_API_KEY, baseURL }).languageModel(model);
    },
  },
  bedrock: {
    missing: (settings) => {
      if (!settings.AWS_REGION) return 'AWS_REGION';
      const { AWS_BEARER_TOKEN_BEDROCK, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = settings;
      return AWS_BEARER_TOKEN_BEDROCK || (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY)
        ? undefined
        : 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK';
    },
    load: async (settings, model) => {
      const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
      const baseURL = settings.AWS_ENDPOINT_URL_BEDROCK_RUNTIME;
      return createAmazonBedrock({
        region: settings.AWS_REGION ?? '',
        ...(baseURL ? { baseURL } : {}),
        accessKeyId: settings.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: settings.AWS_SECRET_ACCESS_KEY ?? '',
        ...(settings.AWS_SESSION_TOKEN ? { sessionToken: settings.AWS_SESSION_TOKEN } : {}),
        ...(settings.AWS_BEARER_TOKEN_BEDROCK ? { apiKey: settings.AWS_BEARER_TOKEN_BEDROCK } : {}),
      }).languageModel(model);
    },
  },
  compatible: {
    missing: ({ OPENAI_BASE_URL }) => (OPENAI_BASE_URL ? undefined : 'OPENAI_BASE_URL'),
    load: async ({ OPENAI_API_KEY, OPENAI_BASE_URL = '' }, model) => {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      return createOpenAICompatible({
        name: 'compatible',
        baseURL: OPENAI_BASE_URL,
        includeUsage: true,
        ...(OPENAI_API_KEY ? { apiKey: OPENAI_API_KEY } : {}),
      }).languageModel(model);
    },
  },
  openai: {
    missing: ({ OPENAI_API_KEY }) => (OPENAI_API_KEY ? undefined : 'OPENAI_API_KEY'),
    load: async ({ OPENAI_API_KEY = '', OPENAI_BASE_URL }, model) => {
      const { createOpenAI } = await import('@ai-sdk/openai');
      const baseURL = OPENAI_BASE_URL ?? 'https://api.openai.com/v1';
      return unstored(createOpenAI({ apiKey: OPENAI_API_KEY, baseURL }).languageModel(model));
    },
  },
};

/** What is missing to ask this model; `undefined` where nothing is. */
export const missingFor = ({ provider }: ModelId, settings: ModelSettings) =>
  modelProviders[provider].missing(settings);

/** A model for which nothing is missing. */
export const loadModel = (id: ModelId, settings: ModelSettings): Promise<LanguageModelV4> =>
  modelProviders[id.provider].load(settings, id.model);

/** Anthropic's own tools are told the address without the version, the AI SDK with it. */
const withVersion = (url: string) => (/\/v\d+$/.test(url) ? url : `${url}/v1`);

/**
 * OpenAI forgets what it stores after 30 days, and a run may wait longer than that: what it needs
 * to know again is kept in the transcript instead, reasoning encrypted.
 */
function unstored(model: LanguageModelV4): LanguageModelV4 {
  const told = (options: LanguageModelV4CallOptions): LanguageModelV4CallOptions => ({
    ...options,
    providerOptions: { ...options.providerOptions, openai: { store: false } },
  });
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: (options) => model.doGenerate(told(options)),
    doStream: (options) => model.doStream(told(options)),
  };
}
