import type { Context } from 'aws-lambda';
import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';
import { agentDirectory } from '#adapters/aws/agent-directory.ts';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { blobStore, itemStore, runQueue, runSettings } from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { submitChunk } from '#core/batch/submit-chunk.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';

const files = blobStore();
const store = itemStore();
const deps = {
  store,
  blobs: files,
  files,
  queue: runQueue(),
  agents: agentDirectory(),
  tally: storedRunTally(store),
  clock: systemClock,
  settings: runSettings(),
  newId: uuidv7,
  log,
};

const Input = z.object({ orgId: z.string(), batchId: z.string(), chunk: z.number() });

/** What is left of a chunk is taken up again with the next ones. */
export async function handler(event: unknown, context: Context): Promise<{ done: boolean }> {
  logFor(context);
  const { chunk, ...key } = Input.parse(event);
  return { done: await submitChunk(deps, key, chunk) };
}
