import { environmentModelKeys, type ModelKeys } from '#agent/models/model-keys.ts';
import { makeClient } from './clients.ts';
import { functionEnvironment } from './function-environment.ts';

/** Those of a secret, where the stage names one; Bedrock is reached by the function's role. */
export function deployedModelKeys(): ModelKeys {
  const secretArn = functionEnvironment.modelKeysSecretArn();
  if (secretArn === undefined) return environmentModelKeys;
  return {
    read: async () => {
      const [{ SecretsManagerClient }, { SecretsManagerModelKeys }] = await Promise.all([
        import('@aws-sdk/client-secrets-manager'),
        import('./secrets-manager-model-keys.ts'),
      ]);
      const client = makeClient(SecretsManagerClient);
      return new SecretsManagerModelKeys({ client, secretArn }).read();
    },
  };
}
