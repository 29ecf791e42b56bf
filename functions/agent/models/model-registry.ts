import type { LanguageModelV4 } from '@ai-sdk/provider';
import { ModelError } from './model-error.ts';
import { type ModelId, parseModelId } from './model-id.ts';
import { environmentModelKeys, type ModelKeys, type ModelSettings } from './model-keys.ts';
import { loadModel, missingFor } from './model-providers.ts';

/** Every model that has an id, each loaded when it is asked for first. */
export class ModelRegistry {
  readonly #keys: ModelKeys;
  readonly #models = new Map<string, Promise<LanguageModelV4>>();
  #settings: Promise<ModelSettings> | undefined;

  constructor(keys: ModelKeys) {
    this.#keys = keys;
  }

  /**
   * The first of these models whose provider can be reached.
   * @throws ModelError saying what is not set for any of them
   */
  async firstOf(ids: readonly string[]): Promise<LanguageModelV4> {
    const settings = await this.#read();
    const known = ids.flatMap((id) => parseModelId(id) ?? []);
    if (known.length === 0) throw new Error(`No model has the id ${ids.join(', ')}`);
    const id = known.find((one) => missingFor(one, settings) === undefined);
    if (id === undefined)
      throw new ModelError(`${known.map((one) => needOf(one, settings)).join(', or ')}.`);
    const name = nameOf(id);
    const model = this.#models.get(name) ?? loadModel(id, settings);
    this.#models.set(name, model);
    model.catch(() => this.#models.delete(name));
    return model;
  }

  /** What must not be told to anybody. */
  async secrets(): Promise<readonly string[]> {
    const settings = await this.#read();
    return secretNames.flatMap((name) => settings[name] ?? []);
  }

  #read(): Promise<ModelSettings> {
    this.#settings ??= this.#keys.read().catch((error: unknown) => {
      this.#settings = undefined;
      throw error;
    });
    return this.#settings;
  }
}

const nameOf = ({ provider, model }: ModelId) => `${provider}:${model}`;

const needOf = (id: ModelId, settings: ModelSettings) =>
  `${nameOf(id)} needs ${missingFor(id, settings)}`;

const secretNames = [
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
] as const;

export const environmentModels = new ModelRegistry(environmentModelKeys);
