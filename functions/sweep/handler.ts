import type { Context } from 'aws-lambda';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import {
  batchWorkflow,
  blobStore,
  deliveryQueue,
  itemStore,
  runBus,
  runQueue,
  runSettings,
  runWorkflow,
} from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { sweep } from '#core/run/sweep.ts';

const store = itemStore();
const deps = {
  store,
  blobs: blobStore(),
  queue: runQueue(),
  workflow: runWorkflow(),
  batches: batchWorkflow(),
  bus: runBus(),
  deliveries: deliveryQueue(),
  clock: systemClock,
  settings: runSettings(),
  log,
};

export async function handler(_event: unknown, context: Context): Promise<void> {
  logFor(context);
  const due = await sweep(deps);
  if (due > 0) log('info', 'swept', { due });
}
