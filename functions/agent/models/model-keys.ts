import * as z from 'zod';

const Key = z.string().min(1).optional();
const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''))
  .optional();

/** What it takes to reach the providers of models; named as their own tools name it. */
export const ModelSettings = z.object({
  ANTHROPIC_API_KEY: Key.describe('key for anthropic: models'),
  ANTHROPIC_BASE_URL: BaseUrl.describe(
    "where anthropic: models are asked instead of at Anthropic's",
  ),
  OPENAI_API_KEY: Key.describe('key for openai: models, and for compatible: ones that want one'),
  OPENAI_BASE_URL: BaseUrl.describe(
    'where compatible: models are served, with its /v1; openai: ones are asked there too',
  ),
  AWS_REGION: Key.describe('region of bedrock: models'),
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: BaseUrl.describe('where bedrock: models are asked instead'),
  AWS_BEARER_TOKEN_BEDROCK: Key.describe('key for bedrock: models, instead of credentials of AWS'),
  AWS_ACCESS_KEY_ID: Key.describe('credentials of AWS for bedrock: models'),
  AWS_SECRET_ACCESS_KEY: Key.describe('belongs to AWS_ACCESS_KEY_ID'),
  AWS_SESSION_TOKEN: Key.describe('belongs to AWS_ACCESS_KEY_ID where that is temporary'),
});
export type ModelSettings = z.infer<typeof ModelSettings>;

/** Where the keys of the providers are kept. */
export interface ModelKeys {
  /** @throws whatever keeps them out of reach */
  read(): Promise<ModelSettings>;
}

const names = Object.keys(ModelSettings.shape);

/**
 * Keeps what models need of an environment, or of a secret with the same names.
 * @throws Error naming the variable that makes no sense, and not its value
 */
export function readModelSettings(from: Readonly<Record<string, unknown>>): ModelSettings {
  const set = names.flatMap((name) => (from[name] ? [[name, from[name]] as const] : []));
  const result = ModelSettings.safeParse(Object.fromEntries(set));
  if (result.success) return result.data;
  throw new Error(
    result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}

export const environmentModelKeys: ModelKeys = {
  read: async () => readModelSettings(process.env),
};
