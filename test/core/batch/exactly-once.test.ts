import { describe, expect, it } from 'vitest';
import { advanceBatch } from '#core/batch/advance-batch.ts';
import { keyOfBatch } from '#core/batch/batch-repository.ts';
import { batchRunId } from '#core/batch/batch-run-id.ts';
import { submitChunk } from '#core/batch/submit-chunk.ts';
import { sweep } from '#core/run/sweep.ts';
import { createdBatch, endedBatch, latestBatch, messages, workOn } from '../../builders/a-batch.ts';
import { aFolder, anEngine } from '../../builders/an-engine.ts';
import { runIdsOf } from './results-of.ts';

const items = messages(250);

describe('the id of the run of a line', () => {
  const batchId = '0198f3a0-1234-7abc-8def-0123456789ab';

  it('is a UUIDv7 that follows from the batch and the line', () => {
    const ids = [1, 2, 100_000].map((line) => batchRunId(batchId, line));

    expect(
      ids.every((id) => /^0198f3a0-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
    expect(ids).toEqual([1, 2, 100_000].map((line) => batchRunId(batchId, line)));
  });

  it('is in the order of the lines, and no other line has it', () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => batchRunId(batchId, i + 1));

    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('spreads the runs of a batch over the shards of what is due', () => {
    const shards = Array.from({ length: 200 }, (_, i) => batchRunId(batchId, i + 1).slice(-1));

    expect(new Set(shards).size).toBeGreaterThan(8);
  });
});

describe('lines that are submitted again', () => {
  it('are the runs that they were, whoever submits them and how often', async () => {
    const engine = await anEngine({ idle: true });
    const batch = await createdBatch(engine, { source: { items } });
    const key = keyOfBatch(batch);
    await advanceBatch(engine.deps, key);

    await Promise.all([1, 2, 3, 1, 2, 3].map((chunk) => submitChunk(engine.deps, key, chunk)));
    await submitChunk(engine.deps, key, 2);

    expect(await runIdsOf(engine)).toHaveLength(250);
  });

  it('are so when the store forgot nothing but that they were', async () => {
    const engine = await anEngine({ idle: true });
    const batch = await createdBatch(engine, { source: { items } });
    const key = keyOfBatch(batch);
    await advanceBatch(engine.deps, key);
    const before = await engine.deps.store.get({
      pk: `T#acme#B#${batch.id}`,
      sk: 'CHUNK#000000001',
    });
    await submitChunk(engine.deps, key, 1);
    if (before) await engine.deps.store.transact([{ put: before }]);

    engine.clock.advance(10 * 24 * 3600 * 1000);
    await submitChunk(engine.deps, key, 1);

    expect(await runIdsOf(engine)).toHaveLength(100);
  });
});

it('goes on where it was when the process ends in the middle', async () => {
  const dataDir = aFolder();
  const first = await anEngine({ dataDir, idle: true });
  const batch = await createdBatch(first, { source: { items } });
  await advanceBatch(first.deps, keyOfBatch(batch));
  await submitChunk(first.deps, keyOfBatch(batch), 2);
  await first.stop();

  const second = await anEngine({ dataDir, clock: first.clock });
  const ended = await endedBatch(second, batch);

  expect(ended).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: 250 } });
  expect(await runIdsOf(second)).toHaveLength(250);
});

it('has a batch worked on again that nobody works on', async () => {
  const engine = await anEngine({ idle: true });
  const started: number[] = [];
  await createdBatch(engine);
  const batches = { start: async ({ attempt }: { attempt: number }) => void started.push(attempt) };

  engine.clock.advance(61_000);
  await sweep({ ...engine.deps, batches });
  await sweep({ ...engine.deps, batches });

  expect(started).toEqual([2]);
});

it('deletes a batch with its file and results once it has expired', async () => {
  const engine = await anEngine({ idle: true });
  const batch = await createdBatch(engine, { idempotencyPrefix: 'p', source: { items: [{}] } });
  await workOn(engine, batch);
  expect(await latestBatch(engine, batch)).toMatchObject({ status: 'COMPLETED' });

  engine.clock.advance(31 * 24 * 3600 * 1000);
  await sweep(engine.deps);

  const left = { pk: `T#acme#B#${batch.id}`, order: 'ascending', limit: 10 } as const;
  expect(await engine.deps.store.query(left)).toEqual([]);
  await expect(engine.deps.files.get(batch.fileKey)).rejects.toThrow();
  const again = await createdBatch(engine, { idempotencyPrefix: 'p' });
  expect(again.id).not.toBe(batch.id);
});
