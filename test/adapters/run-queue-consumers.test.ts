import { it, onTestFinished } from 'vitest';
import { InMemoryRunQueue } from '#adapters/embedded/in-memory-run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';
import { aRunKey } from './run-queue-tests.ts';

it('delivers the others while one is slow', async () => {
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
  const { promise: delivered, resolve: deliver } = Promise.withResolvers<void>();
  const [slow, other] = [aRunKey(), aRunKey()];
  const queue = new InMemoryRunQueue(() => undefined);
  onTestFinished(() => release());
  queue.start(async ({ runId }: RunKey) => {
    if (runId === slow.runId) await letGo;
    else deliver();
  });

  await queue.send([slow, other]);

  await delivered;
});
