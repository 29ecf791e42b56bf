import { describe, expect, it, vi } from 'vitest';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { batchProgress } from '#core/batch/batch-progress.ts';
import { listBatches } from '#core/batch/batch-repository.ts';
import { batchRunId } from '#core/batch/batch-run-id.ts';
import { createBatch } from '#core/batch/create-batch.ts';
import { isOfBatch } from '#core/outbox/outbox-event.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { getRequest } from '#core/run/run-input.ts';
import { getRun } from '#core/run/run-repository.ts';
import {
  aBatchCommand,
  aBatchOf,
  createdBatch,
  endedBatch,
  latestBatch,
  messages,
  workOn,
} from '../../builders/a-batch.ts';
import { aBus } from '../../builders/a-bus.ts';
import { aFolder, anEngine, type Engine } from '../../builders/an-engine.ts';
import { resultsOf, runIdsOf } from './results-of.ts';

const lineRun = (engine: Engine, batchId: string, line: number) =>
  getRun(engine.deps, { orgId: 'acme', runId: batchRunId(batchId, line) });

describe('a batch', () => {
  it('runs each of its lines once and ends with them', async () => {
    const engine = await anEngine();

    const batch = await createdBatch(engine, { source: { items: messages(250) } });
    const ended = await endedBatch(engine, batch);

    expect(ended).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: 250, invalid: 0 } });
    expect(await runIdsOf(engine)).toHaveLength(250);
    const results = await resultsOf(engine, ended);
    expect(results.map(({ line }) => line)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
    expect(results[41]).toMatchObject({ status: 'COMPLETED', output: { content: 'echo line 42' } });
  });

  it('says of a bad line which it is and why, and runs the others', async () => {
    const engine = await anEngine();
    const lines = ['{"message":"a"}', 'no json', '', '{"message":" "}', '[]', '{"message":"b"}'];

    const batch = await aBatchOf(engine, lines.join('\r\n'));
    const ended = await endedBatch(engine, batch);

    expect(ended).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: 2, invalid: 3 } });
    expect(ended.planned.runs).toBe(5);
    expect(ended.errors).toEqual([
      { line: 2, code: 'invalid_line', message: 'is not valid JSON' },
      { line: 4, code: 'invalid_line', message: 'message: must not be empty' },
      { line: 5, code: 'invalid_line', message: expect.stringContaining('expected object') },
    ]);
    const results = await resultsOf(engine, ended);
    expect(results.map(({ line, status }) => `${line} ${status}`)).toEqual([
      ...['1 COMPLETED', '2 INVALID', '4 INVALID', '5 INVALID', '6 COMPLETED'],
    ]);
  });

  it('names the keys that a line cannot have, and runs nothing of that line', async () => {
    const engine = await anEngine();
    const items = [
      { message: 'a', media: [{ url: 'https://example.com/a.png' }], agentId: 'nope' },
      { message: 'b', options: { modle: 'm' } },
      { message: 'c', metadata: { any: 'key' }, context: { any: 'key' } },
    ];

    const batch = await createdBatch(engine, { source: { items } });
    const ended = await endedBatch(engine, batch);

    expect(ended).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: 1, invalid: 2 } });
    expect(ended.errors).toEqual([
      { line: 1, code: 'invalid_line', message: expect.stringMatching(/"media".*"agentId"/) },
      { line: 2, code: 'invalid_line', message: expect.stringMatching(/^options: .*"modle"/) },
    ]);
  });

  it('gives each line what the batch says where the line says nothing', async () => {
    const engine = await anEngine();
    const items = [{ message: 'a' }, { message: 'b', priority: 'high', context: { lang: 'fr' } }];
    const defaults = { context: { lang: 'de', level: 2 }, userId: 'bob' };

    const batch = await createdBatch(engine, { source: { items }, defaults });
    await endedBatch(engine, batch);

    const [first, second] = [
      await lineRun(engine, batch.id, 1),
      await lineRun(engine, batch.id, 2),
    ];
    expect(first).toMatchObject({ priority: 'low', userId: 'bob', groupId: `batch:${batch.id}` });
    expect(second).toMatchObject({ priority: 'high' });
    const request = await getRequest(engine.deps, { orgId: 'acme', runId: second.id });
    expect(request.context).toEqual({ lang: 'fr', level: 2 });
  });

  it('of an empty file has ended as soon as it was read', async () => {
    const engine = await anEngine();

    const ended = await endedBatch(engine, await aBatchOf(engine, '\n\n'));

    expect(ended).toMatchObject({ status: 'COMPLETED', planned: { runs: 0 } });
  });

  it('fails whose line does not end', async () => {
    const engine = await anEngine();

    const ended = await endedBatch(engine, await aBatchOf(engine, new Uint8Array(5_000_000)));

    expect(ended).toMatchObject({ status: 'FAILED', failure: { code: 'line_too_long' } });
  });

  it('takes lines of any length that end, across the windows in which the file is read', async () => {
    const engine = await anEngine();
    const long = 'ä'.repeat(100_000);
    const text = Array.from({ length: 60 }, (_, i) => `{"message":"${i} ${long}"}\n`).join('');

    const ended = await endedBatch(engine, await aBatchOf(engine, text));

    expect(ended).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: 60, invalid: 0 } });
    const { message } = await getRequest(engine.deps, {
      orgId: 'acme',
      runId: batchRunId(ended.id, 60),
    });
    expect(message).toBe(`59 ${long}`);
  });

  it('tells the bus of its progress and once of its end', async () => {
    const bus = aBus();
    const engine = await anEngine({ bus });

    const batch = await createdBatch(engine, { source: { items: messages(300) } });
    await endedBatch(engine, batch);

    const endsOf = () => bus.others.filter(({ type }) => type === 'Agent Run Batch Completed');
    await vi.waitFor(() => expect(endsOf()).not.toEqual([]));
    const told = bus.others.filter(isOfBatch);
    const ends = endsOf();
    expect(ends).toHaveLength(1);
    expect(ends[0]).toMatchObject({ status: 'COMPLETED', lines: 300, counts: { completed: 300 } });
    expect(told.length).toBeGreaterThan(1);
  });

  it('is refused for an agent that there is not, and without items', async () => {
    const engine = await anEngine();

    const outcomes = [
      createBatch(engine.deps, aBatchCommand({ agentId: 'nobody' })),
      createBatch(engine.deps, aBatchCommand({ source: { items: [] } })),
      createBatch(engine.deps, aBatchCommand({ source: { fileKey: 'other/x/lines.jsonl' } })),
      createBatch(engine.deps, aBatchCommand({ source: { fileKey: 'acme/x/lines.jsonl' } })),
    ];

    const codes = (await Promise.allSettled(outcomes)).map((one) =>
      one.status === 'rejected' ? one.reason.code : one.status,
    );
    expect(codes).toEqual(['agent_not_found', 'invalid_input', 'invalid_input', 'invalid_input']);
  });
});

it('is no bad request where the store of the file does not answer', async () => {
  const { deps } = await anEngine();
  const files = Object.assign(new FileBlobStore(aFolder()), {
    getRange: () => Promise.reject(new Error('SlowDown')),
  });
  const command = aBatchCommand({ source: { fileKey: 'acme/x/lines.jsonl' } });

  const created = createBatch({ ...deps, files }, command);

  await expect(created).rejects.toThrow('SlowDown');
});

describe('a batch of the same name', () => {
  it('is the batch that is there, however many ask at the same time', async () => {
    const engine = await anEngine();
    const command = aBatchCommand({ idempotencyPrefix: 'import-7' });

    const made = await Promise.all(
      Array.from({ length: 5 }, () => createBatch(engine.deps, command)),
    );

    expect(new Set(made.map(({ batch }) => batch.id)).size).toBe(1);
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const { batches } = await listBatches(engine.deps, { orgId: 'acme', limit: 10 });
    expect(batches).toHaveLength(1);
  });

  it('is another one of another tenant', async () => {
    const engine = await anEngine();
    const ours = await createdBatch(engine, { idempotencyPrefix: 'import-7' });

    const theirs = await createdBatch(engine, { idempotencyPrefix: 'import-7', orgId: 'other' });

    expect(theirs.id).not.toBe(ours.id);
  });
});

it('shows how far a batch is while it goes on, what went wrong, and when it may end', async () => {
  const engine = await anEngine({ idle: true });
  const items = [{ message: 'one' }, {}, { message: 'three' }, { message: 'four' }];
  const batch = await createdBatch(engine, { source: { items } });
  const before = await batchProgress(engine.deps, batch);
  await workOn(engine, batch);
  await cancelRun(engine.deps, { orgId: 'acme', runId: batchRunId(batch.id, 1) }, 'test');
  engine.clock.advance(60_000);

  const progress = await batchProgress(engine.deps, await latestBatch(engine, batch));

  expect(before).toMatchObject({ percentage: 0, invalid: 0, errors: [] });
  expect(before.estimatedEndAt).toBeUndefined();
  expect(progress).toMatchObject({
    percentage: 50,
    invalid: 1,
    runs: { QUEUED: 2, CANCELLED: 1 },
    errors: [{ line: 2, code: 'invalid_line' }],
    estimatedEndAt: batch.createdAt + 120_000,
  });
});
