import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InMemoryDeliveryQueue } from '#adapters/embedded/in-memory-delivery-queue.ts';
import type { DeliveryRing } from '#core/webhook/delivery-queue.ts';
import { aClock } from '../builders/a-clock.ts';

const aRing = (seq: number, more: Partial<DeliveryRing> = {}): DeliveryRing => ({
  ...{ orgId: 'acme', runId: 'r', seq, receiver: 'run', lane: 'acme run a.example/', delayMs: 0 },
  ...more,
});

/** A queue whose deliveries are under way until they are let go. */
function aQueue() {
  const clock = aClock();
  const failures: string[] = [];
  const queue = new InMemoryDeliveryQueue({ clock, log: (message) => void failures.push(message) });
  const begun: number[] = [];
  const letGo = new Map<number, (error?: Error) => void>();
  const start = () =>
    queue.start(({ seq }) => {
      begun.push(seq);
      return new Promise((resolve, reject) =>
        letGo.set(seq, (error) => (error ? reject(error) : resolve())),
      );
    });
  onTestFinished(() => {
    for (const go of letGo.values()) go();
  });
  return { clock, queue, begun, failures, start, letGo: (seq: number) => letGo.get(seq) };
}

describe('the in-memory queue of deliveries', () => {
  it('attempts two at a time at one receiver, and others beside them', async () => {
    const { queue, begun, start, letGo } = aQueue();
    start();

    await queue.send([1, 2, 3, 4].map((seq) => aRing(seq)));
    await queue.send([aRing(5, { lane: 'acme run b.example/' })]);
    expect(begun).toEqual([1, 2, 5]);

    letGo(1)?.();
    await vi.waitFor(() => expect(begun).toEqual([1, 2, 5, 3]));
  });

  it('goes on after an attempt that fails, and says so', async () => {
    const { queue, begun, failures, start, letGo } = aQueue();
    start();
    await queue.send([1, 2, 3].map((seq) => aRing(seq)));

    letGo(2)?.(new Error('no'));

    await vi.waitFor(() => expect(begun).toEqual([1, 2, 3]));
    expect(failures).toEqual(['webhook attempt failed']);
  });

  it('rings once for what is rung for again while it waits', async () => {
    const { queue, begun, start, letGo } = aQueue();
    start();
    for (let i = 0; i < 5; i += 1) await queue.send([aRing(1), aRing(2), aRing(3)]);
    expect(begun).toEqual([1, 2]);

    letGo(1)?.();

    await vi.waitFor(() => expect(begun).toHaveLength(3));
  });

  it('keeps what comes before it starts, and waits for what is to wait', async () => {
    const { clock, queue, begun, start } = aQueue();
    await queue.send([aRing(1), aRing(2, { delayMs: 5_000 })]);
    expect(begun).toEqual([]);

    start();
    expect(begun).toEqual([1]);
    clock.advance(5_000);

    await vi.waitFor(() => expect(begun).toEqual([1, 2]));
  });

  it('takes nothing more once it is closed, and waits for what is in hand', async () => {
    const { clock, queue, begun, start, letGo } = aQueue();
    start();
    await queue.send([aRing(1), aRing(2, { delayMs: 5_000 })]);
    let isClosed = false;

    const closed = queue.close().then(() => {
      isClosed = true;
    });
    await queue.send([aRing(3)]);
    clock.advance(5_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    letGo(1)?.();
    await closed;

    expect(begun).toEqual([1]);
  });
});
