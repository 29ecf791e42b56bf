import type { Context } from 'aws-lambda';
import { v7 as uuidv7 } from 'uuid';
import { agentDirectory } from '#adapters/aws/agent-directory.ts';
import { functionEnvironment } from '#adapters/aws/function-environment.ts';
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
import { cronerCalendar } from '#adapters/croner-calendar.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
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
  agents: agentDirectory(),
  tally: storedRunTally(store),
  calendar: cronerCalendar,
  publicBaseUrl: functionEnvironment.publicBaseUrl(),
  newId: uuidv7,
  clock: systemClock,
  settings: runSettings(),
  log,
};

export async function handler(_event: unknown, context: Context): Promise<void> {
  logFor(context);
  const due = await sweep(deps);
  if (due > 0) log('info', 'swept', { due });
}
