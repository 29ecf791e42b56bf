import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InMemoryRunQueue } from '#adapters/embedded/in-memory-run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';
import { aRunKey, runQueueTests } from './run-queue-tests.ts';

const retryAfterMs = 1000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const passTime = async () => {
  await vi.advanceTimersByTimeAsync(retryAfterMs);
};

runQueueTests('InMemoryRunQueue', (consume) => {
  const queue = new InMemoryRunQueue(() => undefined);
  queue.start(consume);
  return { queue, passVisibilityTimeout: passTime, close: () => queue.close() };
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise(setImmediate);
}

describe('InMemoryRunQueue', () => {
  it('keeps what is sent before it starts', async () => {
    const received: RunKey[] = [];
    const queue = new InMemoryRunQueue(() => undefined);
    const run = aRunKey();
    await queue.send([run]);

    queue.start(async (one) => void received.push(one));
    await turns(5);

    expect(received).toEqual([run]);
  });

  it('delivers thousands once each and in their order', async () => {
    const received: RunKey[] = [];
    const queue = new InMemoryRunQueue(() => undefined);
    queue.start(async (run) => void received.push(run));
    const runs = Array.from({ length: 5000 }, aRunKey);

    await queue.send(runs.slice(0, 3000));
    await queue.send(runs.slice(3000));
    await vi.waitFor(() => expect(received).toHaveLength(5000));

    expect(received).toEqual(runs);
  });

  it('gives up a message that fails five times, and says each time which and why', async () => {
    const logged: Record<string, unknown>[] = [];
    const queue = new InMemoryRunQueue((_, fields) => void logged.push(fields));
    queue.start(() => Promise.reject(new Error('not now')));
    const run = aRunKey();

    await queue.send([run]);
    for (let i = 0; i < 10; i += 1) await passTime();

    expect(logged).toEqual(Array.from({ length: 5 }, () => ({ ...run, error: 'Error: not now' })));
  });

  it('does not take up again what failed before it closed', async () => {
    let receives = 0;
    const queue = new InMemoryRunQueue(() => undefined);
    queue.start(async () => {
      receives += 1;
      throw new Error('not now');
    });
    await queue.send([aRunKey()]);
    await turns(5);

    await queue.close();
    await passTime();

    expect(receives).toBe(1);
  });
});
