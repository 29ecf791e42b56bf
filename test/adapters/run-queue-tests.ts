import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunQueue } from '#core/run/run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';

export interface QueueUnderTest {
  readonly queue: RunQueue;
  /** Lets the time pass after which a message that was not consumed comes again. */
  passVisibilityTimeout(): Promise<void>;
  /** Takes nothing more, and resolves when nothing is in hand. */
  close(): Promise<void>;
}

type MakeQueue = (consume: (run: RunKey) => Promise<void>) => QueueUnderTest;

export const aRunKey = (): RunKey => ({ orgId: 'acme', runId: randomUUID() });

const names = (runs: readonly RunKey[]) => runs.map(({ runId }) => runId).toSorted();

/** What every run queue has to do. It may deliver a message more than once. */
export function runQueueTests(name: string, makeQueue: MakeQueue): void {
  const aQueue = (consume: (run: RunKey) => Promise<void>) => {
    const made = makeQueue(consume);
    onTestFinished(made.close);
    return made;
  };

  describe(`${name}, as a run queue,`, () => {
    it.each([1, 10, 25])('delivers %d messages, whole', async (count) => {
      const received = new Map<string, RunKey>();
      const { queue } = aQueue(async (run) => void received.set(run.runId, run));
      const sent = Array.from({ length: count }, aRunKey);

      await queue.send(sent);

      await vi.waitFor(() => expect(names([...received.values()])).toEqual(names(sent)));
      expect(received.get(sent[0]?.runId ?? '')).toEqual(sent[0]);
    });

    it('takes no messages for none', async () => {
      const { queue } = aQueue(async () => undefined);

      await expect(queue.send([])).resolves.toBeUndefined();
    });

    it('delivers a message again that was not consumed, and then no more', async () => {
      let receives = 0;
      const { queue, passVisibilityTimeout } = aQueue(async () => {
        receives += 1;
        if (receives < 3) throw new Error('not now');
      });

      await queue.send([aRunKey()]);
      for (const expected of [1, 2, 3]) {
        await vi.waitFor(() => expect(receives).toBe(expected));
        await passVisibilityTimeout();
      }

      expect(receives).toBe(3);
    });

    it('delivers the others while one fails', async () => {
      const bad = aRunKey();
      const received = new Set<string>();
      const { queue } = aQueue(async ({ runId }) => {
        if (runId === bad.runId) throw new Error('never');
        received.add(runId);
      });
      const good = Array.from({ length: 20 }, aRunKey);

      await queue.send([bad, ...good]);

      await vi.waitFor(() => expect([...received].toSorted()).toEqual(names(good)));
    });

    it('takes nothing more when it closes, and has closed when nothing is in hand', async () => {
      const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
      const order: string[] = [];
      const { queue, close } = aQueue(async () => {
        order.push('begun');
        await letGo;
        order.push('done');
      });
      await queue.send([aRunKey()]);
      await vi.waitFor(() => expect(order).toEqual(['begun']));

      const closed = close().then(() => order.push('closed'));
      await queue.send([aRunKey()]);
      release();
      await closed;

      expect(order).toEqual(['begun', 'done', 'closed']);
    });
  });
}
