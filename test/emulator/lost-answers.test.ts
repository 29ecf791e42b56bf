import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';
import { DynamoItemStore } from '#adapters/aws/dynamo-item-store.ts';
import type { Write } from '#core/store/item-store.ts';
import { createTables } from './emulated-tables.ts';

const forwarded = ['authorization', 'content-type', 'x-amz-target', 'x-amz-date'];

const forward = async (url: string, request: IncomingMessage) => {
  const headers = forwarded.map((name) => [name, `${request.headers[name]}`] as const);
  return fetch(url, {
    method: 'POST',
    headers: Object.fromEntries(headers),
    body: await text(request),
  });
};

/** Clients made from now on reach the emulator so that the answer to their first request is lost. */
async function loseAnAnswer(): Promise<void> {
  const emulator = `${process.env['AWS_ENDPOINT_URL']}/`;
  let isFirst = true;
  const server = createServer(async (request, response) => {
    const isLost = isFirst;
    isFirst = false;
    const answer = await forward(emulator, request);
    const body = await answer.text();
    if (isLost) request.socket.destroy();
    else response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.close();
  });
}

const key = { pk: 'p', sk: 's' };

const writes: [name: string, write: Write][] = [
  ['a put', { put: { ...key, value: { version: 2 } }, when: { equals: { version: 1 } } }],
  ['a delete', { delete: key, when: { equals: { version: 1 } } }],
];

it.each(writes)('does not lose the race for %s because its answer was lost', async (_, write) => {
  const tables = await createTables(makeClient(DynamoDBClient));
  const store = new DynamoItemStore({ client: makeClient(DynamoDBClient), ...tables });
  await store.transact([{ put: { ...key, value: { version: 1 } } }]);
  await loseAnAnswer();
  const unlucky = new DynamoItemStore({ client: makeClient(DynamoDBClient), ...tables });

  await unlucky.transact([write]);

  expect((await store.get(key))?.value).toEqual('put' in write ? { version: 2 } : undefined);
});
