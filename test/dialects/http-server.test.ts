import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { aResult, aServer } from './a-server.ts';

const megabyte = 1024 * 1024;

describe('a request is handed over as API Gateway would', () => {
  it('with method, path, query, headers and body', async () => {
    const { ask, events } = await aServer();

    await ask('/api/a%20b/runs?x=1&y=a%26b&x=2', {
      method: 'POST',
      headers: { 'X-Custom': 'Value', 'Content-Type': 'application/json' },
      body: '{"a":"grüße 👋"}',
    });

    expect(events).toMatchObject([
      {
        httpMethod: 'POST',
        path: '/api/a%20b/runs',
        queryStringParameters: { x: '2', y: 'a&b' },
        headers: {
          'x-custom': 'Value',
          'content-type': 'application/json',
          'x-forwarded-proto': 'http',
          host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        },
        body: '{"a":"grüße 👋"}',
        isBase64Encoded: false,
        pathParameters: null,
        requestContext: { httpMethod: 'POST', path: '/api/a%20b/runs' },
      },
    ]);
  });

  it('without a query where there is none', async () => {
    const { ask, events } = await aServer();

    await ask('/a');
    await ask('/a?');

    expect(events.map(({ queryStringParameters }) => queryStringParameters)).toEqual([null, null]);
  });

  it('with a body whose characters come in pieces', async () => {
    const { dial, events } = await aServer();
    const socket = await dial();
    const body = Buffer.from('👋世');
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`);

    for (const byte of body) {
      socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    await once(socket, 'data');

    expect(events).toMatchObject([{ body: '👋世' }]);
  });

  it('with 10 MB', async () => {
    const { ask, events } = await aServer();

    const { status } = await ask('/', { method: 'POST', body: 'x'.repeat(10 * megabyte) });

    expect(status).toBe(200);
    expect(events[0]?.body).toHaveLength(10 * megabyte);
  });

  it('but not with more, though the caller writes on', async () => {
    const { url, ask, events } = await aServer();
    const upload = request(url, { method: 'POST' });
    upload.on('error', () => undefined);
    const { promise: answered, resolve: answer } = Promise.withResolvers<IncomingMessage>();
    upload.on('response', answer);

    for (let i = 0; i < 12; i += 1) upload.write('x'.repeat(megabyte));
    const { statusCode, headers } = await answered;

    expect(statusCode).toBe(413);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(events).toEqual([]);
    expect((await ask()).status).toBe(200);
  });
});

describe('an answer', () => {
  it('has the status, headers and body of the result', async () => {
    const { ask } = await aServer(() =>
      aResult({ statusCode: 409, headers: { 'x-a': 'b' }, body: 'grüße' }),
    );

    const response = await ask();

    expect(response.status).toBe(409);
    expect(response.headers.get('x-a')).toBe('b');
    expect(response.headers.get('content-length')).toBe('7');
    expect(await response.text()).toBe('grüße');
  });

  it('may be without a body', async () => {
    const { ask } = await aServer(() => aResult({ statusCode: 204, headers: {}, body: '' }));

    const response = await ask();

    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
  });

  it('waits until all that it stands on is on disk', async () => {
    const { promise: onDisk, resolve: settle } = Promise.withResolvers<void>();
    const order: string[] = [];
    const { ask } = await aServer(
      () => aResult(),
      async () => {
        order.push('settling');
        await onDisk;
      },
    );

    const asked = ask().then(() => order.push('answered'));
    await expect.poll(() => order).toEqual(['settling']);
    settle();
    await asked;

    expect(order).toEqual(['settling', 'answered']);
  });

  it('does not come where that fails, and the next one does', async () => {
    let fails = true;
    const { ask } = await aServer(
      () => aResult(),
      async () => {
        if (fails) throw new Error('disk full');
      },
    );

    await expect(ask()).rejects.toThrow();

    fails = false;
    expect((await ask()).status).toBe(200);
  });

  it('does not come where the handler breaks, and the next one does', async () => {
    const { ask } = await aServer(({ path }) => {
      if (path === '/broken') throw new Error('broken');
      return aResult();
    });

    await expect(ask('/broken')).rejects.toThrow();

    expect((await ask()).status).toBe(200);
  });
});

it('answers what is no HTTP, and goes on', async () => {
  const { dial, ask } = await aServer();
  const socket = await dial();

  socket.end('no HTTP\r\n\r\n');

  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  expect((await ask()).status).toBe(200);
});
