import type { Context } from 'aws-lambda';
import { v7 as uuidv7 } from 'uuid';
import { agentDirectory } from '#adapters/aws/agent-directory.ts';
import { BatchRequested } from '#adapters/aws/batch-requested.ts';
import { functionEnvironment } from '#adapters/aws/function-environment.ts';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { batchWorkflow, blobStore, itemStore, runSettings } from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { createBatch } from '#core/batch/create-batch.ts';

const files = blobStore();
const deps = {
  store: itemStore(),
  blobs: files,
  files,
  agents: agentDirectory(),
  batches: batchWorkflow(),
  clock: systemClock,
  settings: runSettings(),
  newId: uuidv7,
  log,
};

/** An event that cannot become a batch ends among the dead letters, where somebody can read it. */
export async function handler(event: unknown, context: Context): Promise<void> {
  logFor(context);
  const { id, source, detail } = BatchRequested.parse(event);
  const { orgId, agentId, items, file, defaults = {}, idempotencyPrefix } = detail;
  const bucket = functionEnvironment.blobBucketName();
  if (file && file.bucket !== bucket)
    throw new Error(`The file has to lie in ${bucket}, not in ${file.bucket}.`);
  const { batch, replayed } = await createBatch(deps, {
    orgId,
    agentId,
    userId: 'events',
    principal: `event:${source}`,
    principalUserId: undefined,
    source: file ? { fileKey: file.key } : { items: items ?? [] },
    defaults,
    idempotencyPrefix: idempotencyPrefix ?? `event:${id}`,
  });
  log('info', 'batch requested', { batchId: batch.id, orgId, replayed });
}
