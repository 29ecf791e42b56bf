import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { getBatch, keyOfBatch } from '#core/batch/batch-repository.ts';
import { planBatch } from '#core/batch/plan-batch.ts';
import { createdBatch } from '../../builders/a-batch.ts';
import { aFolder, anEngine } from '../../builders/an-engine.ts';

const lines = 100_000;
const mebibyte = 1024 * 1024;
/** Generous: a quarter of the file, whatever the collector of garbage leaves for later. */
const mostGrowth = 24 * mebibyte;

async function aFileOfLines(dataDir: string): Promise<string> {
  await mkdir(join(dataDir, 'blobs/acme/file'), { recursive: true });
  const file = createWriteStream(join(dataDir, 'blobs/acme/file/lines.jsonl'));
  const line = `${JSON.stringify({ message: 'x'.repeat(1000) })}\n`;
  for (let i = 0; i < lines; i += 1) if (!file.write(line)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
  return 'acme/file/lines.jsonl';
}

it('plans a file of 100 MB in a few megabytes of memory', { timeout: 120_000 }, async () => {
  const dataDir = aFolder();
  const engine = await anEngine({ dataDir, idle: true });
  const fileKey = await aFileOfLines(dataDir);
  let batch = await createdBatch(engine, { source: { fileKey } });
  const used = () => process.memoryUsage().arrayBuffers;
  const before = used();
  let most = 0;

  while (batch.status === 'PLANNING') {
    await planBatch(engine.deps, batch);
    most = Math.max(most, used() - before);
    batch = await getBatch(engine.deps, keyOfBatch(batch));
  }

  process.stdout.write(`Planning ${lines} lines took ${Math.round(most / mebibyte)} MiB more\n`);
  expect(batch.planned).toMatchObject({ lines, runs: lines });
  expect(most).toBeLessThan(mostGrowth);
});
