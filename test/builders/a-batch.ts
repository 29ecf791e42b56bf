import { advanceBatch } from '#core/batch/advance-batch.ts';
import { type Batch, hasEnded } from '#core/batch/batch.ts';
import { getBatch, keyOfBatch } from '#core/batch/batch-repository.ts';
import { type CreateBatchCommand, createBatch } from '#core/batch/create-batch.ts';
import { submitChunk } from '#core/batch/submit-chunk.ts';
import type { Engine } from './an-engine.ts';

export const aBatchCommand = (overrides: Partial<CreateBatchCommand> = {}): CreateBatchCommand => ({
  orgId: 'acme',
  userId: 'ann',
  principal: 'key:test',
  principalUserId: 'ann',
  agentId: 'echo',
  source: { items: [{ message: 'one' }, { message: 'two' }, { message: 'three' }] },
  defaults: {},
  ...overrides,
});

export const messages = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ message: `line ${i + 1}` }));

/** A batch whose file is this text. */
export async function aBatchOf(engine: Engine, text: string | Uint8Array) {
  const fileKey = `acme/${engine.deps.newId()}/lines.jsonl`;
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  await engine.deps.files.put(fileKey, bytes);
  return createdBatch(engine, { source: { fileKey } });
}

export const createdBatch = async (engine: Engine, command: Partial<CreateBatchCommand> = {}) =>
  (await createBatch(engine.deps, aBatchCommand(command))).batch;

export const latestBatch = (engine: Engine, batch: Batch) =>
  getBatch(engine.deps, keyOfBatch(batch));

/** The batch as it is once it has ended, of an engine at work; its clock goes on meanwhile, by steps. */
export async function endedBatch(engine: Engine, batch: Batch, stepMs = 50): Promise<Batch> {
  const endsAt = performance.now() + mostMs;
  while (performance.now() < endsAt) {
    const now = await latestBatch(engine, batch);
    if (hasEnded(now)) return now;
    engine.clock.advance(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`Batch ${batch.id} does not end`);
}

/** Where a test has made it stand still, it is to fail and not to hang. */
const mostMs = 18_000;

/** Plays whoever works on batches until there is nothing to do but to wait. */
export async function workOn(engine: Engine, batch: Batch): Promise<'WAIT' | 'DONE'> {
  for (;;) {
    const step = await advanceBatch(engine.deps, keyOfBatch(batch));
    if (step.next === 'WAIT' || step.next === 'DONE') return step.next;
    if (step.next === 'SUBMIT')
      for (const chunk of step.chunks) await submitChunk(engine.deps, keyOfBatch(batch), chunk);
  }
}
