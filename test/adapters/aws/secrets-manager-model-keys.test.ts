import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SecretsManagerModelKeys } from '#adapters/aws/secrets-manager-model-keys.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:models-AbCdEf';
const secrets = mockClient(SecretsManagerClient);
const keys = new SecretsManagerModelKeys({
  client: new SecretsManagerClient({ region: 'eu-west-1' }),
  secretArn,
});

afterEach(() => {
  secrets.reset();
  vi.unstubAllEnvs();
});

describe('the keys of models', () => {
  it('are those of the secret, and what the environment says beside', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('OPENAI_API_KEY', 'of-the-environment');
    const SecretString = '{"OPENAI_API_KEY":"of-the-secret","unknown":"x"}';
    secrets.on(GetSecretValueCommand, { SecretId: secretArn }).resolves({ SecretString });

    const settings = await keys.read();

    expect(settings).toMatchObject({ OPENAI_API_KEY: 'of-the-secret', AWS_REGION: 'eu-west-1' });
    expect(settings).not.toHaveProperty('unknown');
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it.each(['sk-proj-bare', '"sk-proj-text"', '["sk-proj-list"]', ''])(
    'are not read from what is no object, which is not shown',
    async (SecretString) => {
      secrets.on(GetSecretValueCommand).resolves({ SecretString });

      const error: unknown = await keys.read().catch((refusal: unknown) => refusal);

      expect(String(error)).toContain('must be a JSON object');
      expect(String(error)).not.toContain('sk-proj');
    },
  );
});
