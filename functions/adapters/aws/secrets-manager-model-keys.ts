import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { type ModelKeys, readModelSettings } from '#agent/models/model-keys.ts';

interface Options {
  readonly client: SecretsManagerClient;
  readonly secretArn: string;
}

const Secret = z.record(z.string(), z.unknown());

/** The keys in one secret: a JSON object that names them as the environment does. */
export class SecretsManagerModelKeys implements ModelKeys {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async read() {
    const { client, secretArn } = this.#options;
    const command = new GetSecretValueCommand({ SecretId: secretArn });
    const { SecretString = '' } = await client.send(command);
    return readModelSettings({ ...process.env, ...parse(SecretString) });
  }
}

/** @throws Error that does not show the secret, as one of JSON's would */
function parse(text: string): Record<string, unknown> {
  try {
    return Secret.parse(JSON.parse(text));
  } catch {
    throw new Error(
      'The secret with the keys of models must be a JSON object, such as {"OPENAI_API_KEY":"…"}',
    );
  }
}
