import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { secretsOf } from '#adapters/aws/deployed-secrets.ts';
import { SecretsManagerSecret } from '#adapters/aws/secrets-manager-secret.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:models-AbCdEf';
const manager = mockClient(SecretsManagerClient);
const stored = new SecretsManagerSecret({
  client: new SecretsManagerClient({ region: 'eu-west-1' }),
  secretArn,
});
const SecretString = '{"OPENAI_API_KEY":"of-the-secret","WIKI_TOKEN":"token","empty":"","n":1}';

afterEach(() => {
  manager.reset();
  vi.unstubAllEnvs();
});

describe('the secret of a stage', () => {
  it('has the keys of models, beside what the environment says', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('OPENAI_API_KEY', 'of-the-environment');
    manager.on(GetSecretValueCommand, { SecretId: secretArn }).resolves({ SecretString });

    const settings = await secretsOf(() => stored.read()).keys.read();

    expect(settings).toMatchObject({ OPENAI_API_KEY: 'of-the-secret', AWS_REGION: 'eu-west-1' });
    expect(settings).not.toHaveProperty('WIKI_TOKEN');
  });

  it('has what requests to other services need, by its name, and is read once', async () => {
    vi.stubEnv('empty', 'of-the-environment');
    manager.on(GetSecretValueCommand).resolves({ SecretString });
    const { keys, secret } = secretsOf(() => stored.read());

    await keys.read();
    const values = await Promise.all(
      ['WIKI_TOKEN', 'empty', 'n', 'toString', 'nowhere'].map((name) => secret(name)),
    );

    expect(values).toEqual(['token', 'of-the-environment', undefined, undefined, undefined]);
    expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it('is read again where it could not be read', async () => {
    manager.on(GetSecretValueCommand).rejectsOnce('throttled').resolves({ SecretString });
    const { secret } = secretsOf(() => stored.read());

    await expect(secret('WIKI_TOKEN')).rejects.toThrow('throttled');

    expect(await secret('WIKI_TOKEN')).toBe('token');
  });

  it.each(['sk-proj-bare', '"sk-proj-text"', '["sk-proj-list"]', ''])(
    'is not read from what is no object, which is not shown',
    async (text) => {
      manager.on(GetSecretValueCommand).resolves({ SecretString: text });

      const error: unknown = await stored.read().catch((refusal: unknown) => refusal);

      expect(String(error)).toContain('must be a JSON object');
      expect(String(error)).not.toContain('sk-proj');
    },
  );
});
