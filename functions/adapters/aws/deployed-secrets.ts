import {
  environmentModelKeys,
  type ModelKeys,
  readModelSettings,
} from '#agent/models/model-keys.ts';
import { environmentSecret, type SecretReader } from '#agent/secrets.ts';
import { makeClient } from './clients.ts';
import { functionEnvironment } from './function-environment.ts';

export interface DeployedSecrets {
  readonly keys: ModelKeys;
  readonly secret: SecretReader;
}

type Values = Readonly<Record<string, unknown>>;

/** Those of a secret, where the stage names one; Bedrock is reached by the function's role. */
export function deployedSecrets(): DeployedSecrets {
  const secretArn = functionEnvironment.modelKeysSecretArn();
  if (secretArn === undefined) return { keys: environmentModelKeys, secret: environmentSecret };
  return secretsOf(async () => {
    const [{ SecretsManagerClient }, { SecretsManagerSecret }] = await Promise.all([
      import('@aws-sdk/client-secrets-manager'),
      import('./secrets-manager-secret.ts'),
    ]);
    const client = makeClient(SecretsManagerClient);
    return new SecretsManagerSecret({ client, secretArn }).read();
  });
}

/** Read once, when something is asked for first. The environment says what the secret does not. */
export function secretsOf(read: () => Promise<Values>): DeployedSecrets {
  let known: Promise<Values> | undefined;
  const values = () => {
    known ??= read().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    keys: { read: async () => readModelSettings({ ...process.env, ...(await values()) }) },
    secret: async (name) => {
      const value = new Map(Object.entries(await values())).get(name);
      return typeof value === 'string' && value !== '' ? value : environmentSecret(name);
    },
  };
}
