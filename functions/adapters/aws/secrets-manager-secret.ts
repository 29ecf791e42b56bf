import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

interface Options {
  readonly client: SecretsManagerClient;
  readonly secretArn: string;
}

const Secret = z.record(z.string(), z.unknown());

/** One secret: a JSON object that names its values as the environment would. */
export class SecretsManagerSecret {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async read(): Promise<Readonly<Record<string, unknown>>> {
    const { client, secretArn } = this.#options;
    const command = new GetSecretValueCommand({ SecretId: secretArn });
    const { SecretString = '' } = await client.send(command);
    return parse(SecretString);
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
