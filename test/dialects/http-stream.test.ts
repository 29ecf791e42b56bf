import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { aResult, aServer } from './a-server.ts';

const megabyte = 1024 * 1024;

describe('a streamed answer', () => {
  it('comes part by part, after its head', async () => {
    const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
    async function* parts() {
      yield 'grü';
      await letGo;
      yield 'ße';
    }
    const { ask } = await aServer(() => aResult({ body: '', stream: parts() }));

    const response = await ask();
    const reader = response.body?.getReader();
    const first = await reader?.read();
    release();
    const second = await reader?.read();
    const last = await reader?.read();

    expect(response.status).toBe(200);
    expect(new TextDecoder().decode(first?.value)).toBe('grü');
    expect(new TextDecoder().decode(second?.value)).toBe('ße');
    expect(last?.done).toBe(true);
  });

  it('waits with each part until that is on disk', async () => {
    const order: string[] = [];
    async function* parts() {
      for (const part of ['a', 'b']) {
        order.push(part);
        yield part;
      }
    }
    const { ask } = await aServer(
      () => aResult({ body: '', stream: parts() }),
      async () => void order.push('settled'),
    );

    await (await ask()).text();

    expect(order).toEqual(['settled', 'a', 'settled', 'b', 'settled']);
  });

  it('that breaks off is cut, so that nobody takes it for whole', async () => {
    async function* parts() {
      yield 'a';
      throw new Error('broken');
    }
    const { ask } = await aServer(() => aResult({ body: '', stream: parts() }));

    const whole = ask().then((response) => response.text());

    await expect(whole).rejects.toThrow();
  });

  it('to a slow reader waits for that reader, and holds up nobody else', async () => {
    let produced = 0;
    async function* endless() {
      for (;;) {
        produced += 1;
        yield 'x'.repeat(megabyte);
      }
    }
    const { ask, dial } = await aServer(({ path }) =>
      path === '/endless' ? aResult({ body: '', stream: endless() }) : aResult(),
    );
    const slow = await dial();
    slow.pause();
    slow.write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => produced).toBeGreaterThan(0);

    for (let i = 0; i < 50; i += 1) expect((await ask()).status).toBe(200);
    const before = produced;
    for (let i = 0; i < 10; i += 1) await ask();

    expect(produced).toBe(before);
  });
});

describe('a caller that goes', () => {
  it('is noticed before the answer', async () => {
    const { promise: noticed, resolve: notice } = Promise.withResolvers<void>();
    const { promise: never } = Promise.withResolvers<never>();
    const { dial, events } = await aServer(({ gone }) => {
      gone?.addEventListener('abort', () => notice());
      return never;
    });
    const socket = await dial();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => events).toHaveLength(1);

    socket.destroy();

    await noticed;
  });

  it('is noticed in the middle of a stream, which then is given up', async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const { promise: noticed, resolve: notice } = Promise.withResolvers<void>();
    async function* endless() {
      try {
        for (;;) {
          yield 'x';
          await new Promise(setImmediate);
        }
      } finally {
        end();
      }
    }
    const { dial } = await aServer(({ gone }) => {
      gone?.addEventListener('abort', () => notice());
      return aResult({ body: '', stream: endless() });
    });
    const socket = await dial();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');

    socket.destroy();

    await noticed;
    await ended;
  });

  it('in the middle of its request is not served', async () => {
    const { dial, ask, events } = await aServer();
    const socket = await dial();
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');

    socket.destroy();
    await ask('/other');

    expect(events.map(({ path }) => path)).toEqual(['/other']);
  });

  it('is not one that has had its answer', async () => {
    const { ask, events } = await aServer();

    await ask();
    await ask();

    expect(events.map(({ gone }) => gone?.aborted)).toEqual([false, false]);
  });
});
