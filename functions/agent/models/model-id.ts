export const providers = ['anthropic', 'bedrock', 'compatible', 'openai'] as const;
export type Provider = (typeof providers)[number];

/** `provider:model`; the model's part may have colons of its own, as Bedrock's and Ollama's do. */
export interface ModelId {
  readonly provider: Provider;
  readonly model: string;
}

/** The id of a model: the AI SDK has longer names for its providers, such as `amazon-bedrock` and `openai.responses`. */
export const idOf = ({ provider, modelId }: { provider: string; modelId: string }) =>
  `${provider.replace(/^amazon-/, '').replace(/[.].*/, '')}:${modelId}`;

/** @returns `undefined` where it is not of the form `provider:model` */
export function parseModelId(id: string): ModelId | undefined {
  const colon = id.indexOf(':');
  const provider = providers.find((name) => name === id.slice(0, colon));
  const model = id.slice(colon + 1);
  return provider && model !== '' ? { provider, model } : undefined;
}
