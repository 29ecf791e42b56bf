import { createServer, type RequestListener } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';

/** What answers to a client instead of AWS, under the address in the environment. */
async function aService(answer: RequestListener): Promise<void> {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
}

const get = () => new GetItemCommand({ TableName: 't', Key: { pk: { S: 'p' } } });

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-west-3');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id-of-the-environment');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a client', () => {
  it('takes address, region and credentials from the environment', async () => {
    const signatures: (string | undefined)[] = [];
    await aService((request, response) => {
      signatures.push(request.headers.authorization);
      response.end('{}');
    });

    await makeClient(DynamoDBClient).send(get());

    expect(signatures).toEqual([
      expect.stringMatching(/id-of-the-environment\/\d+\/eu-west-3\/dynamodb\//),
    ]);
  });

  it('asks again when an answer does not come', async () => {
    let asked = 0;
    await aService((_, response) => {
      asked += 1;
      if (asked > 1) response.end('{}');
    });

    await makeClient(DynamoDBClient, { requestTimeoutMs: 50 }).send(get());

    expect(asked).toBe(2);
  });

  it('gives up at the fourth answer that does not come', async () => {
    let asked = 0;
    await aService(() => {
      asked += 1;
    });

    const outcome = makeClient(DynamoDBClient, { requestTimeoutMs: 30 }).send(get());

    await expect(outcome).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(asked).toBe(4);
  });
});
