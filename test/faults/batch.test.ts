import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Caller } from './caller.ts';
import { eventually } from './eventually.ts';
import { aService } from './service.ts';

const Upload = z.object({ id: z.string(), url: z.string() });
const Batch = z.object({
  id: z.string(),
  status: z.string(),
  percentage: z.number(),
  counts: z.record(z.string(), z.number()),
});
const Results = z.object({ url: z.string() });
const Result = z.object({ line: z.number(), runId: z.string(), status: z.string() });

const lines = 10_000;
const kills = 2;

async function uploaded(caller: Caller): Promise<string> {
  const { text } = await caller.ask('POST', '/api/batches/uploads');
  const { id, url } = Upload.parse(JSON.parse(text));
  const body = Array.from({ length: lines }, (_, i) => `{"message":"line ${i + 1}"}\n`).join('');
  expect((await fetch(url, { method: 'PUT', body })).status).toBe(200);
  return id;
}

const batchOf = async (caller: Caller, id: string) =>
  Batch.parse(JSON.parse((await caller.insist('GET', `/api/batches/${id}`)).text));

async function resultsOf(caller: Caller, id: string) {
  const { text } = await caller.insist('GET', `/api/batches/${id}/results`);
  const file = await (await fetch(Results.parse(JSON.parse(text)).url)).text();
  return file
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Result.parse(JSON.parse(line)));
}

/** As long as the test may take. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(200);
}

describe('a service that is killed in the middle of a batch', () => {
  it(`makes one run of each of ${lines} lines`, { timeout: 300_000 }, async () => {
    const service = await aService();
    await service.start();
    const caller = new Caller(service);
    const json = { agentId: 'noop', file: await uploaded(caller) };
    const made = await caller.insist('POST', '/api/batches', json);
    const { id } = Batch.parse(JSON.parse(made.text));

    for (let kill = 1; kill <= kills; kill += 1) {
      const share = (100 * kill) / (kills + 1);
      await until(async () => (await batchOf(caller, id)).percentage >= share - 20);
      await service.kill();
      await service.start();
    }
    await until(async () => (await batchOf(caller, id)).status === 'COMPLETED');
    const ended = await batchOf(caller, id);

    const results = await resultsOf(caller, id);
    expect(ended.counts).toMatchObject({ COMPLETED: lines, FAILED: 0, INVALID: 0 });
    expect(results.map(({ line }) => line)).toEqual(Array.from({ length: lines }, (_, i) => i + 1));
    expect(new Set(results.map(({ runId }) => runId)).size).toBe(lines);
    const all = z.object({ runs: z.record(z.string(), z.number()) });
    const queue = await caller.insist('GET', '/api/queue');
    expect(all.parse(JSON.parse(queue.text)).runs).toEqual({ QUEUED: 0, RUNNING: 0, PAUSED: 0 });
  });
});

describe('a batch', () => {
  it('keeps nobody of the same organisation waiting', { timeout: 300_000 }, async () => {
    const service = await aService();
    await service.start();
    const caller = new Caller(service);
    const flood = Array.from({ length: 5_000 }, () => ({ message: 'flood' }));
    const body = { agentId: 'noop', items: flood };
    const made = await caller.insist('POST', '/api/batches', body);
    const { id } = Batch.parse(JSON.parse(made.text));
    await eventually('the flood is there', async () =>
      (await batchOf(caller, id)).counts['QUEUED'] ? true : undefined,
    );

    const askedAt = performance.now();
    const run = await caller.submit('hello', { agent: 'noop' });
    await caller.untilIs(run, 'COMPLETED');
    const seconds = (performance.now() - askedAt) / 1000;

    const batch = await batchOf(caller, id);
    process.stdout.write(`A run beside a batch of 5,000 ended after ${seconds.toFixed(2)} s\n`);
    expect(batch.percentage).toBeLessThan(100);
  });
});
