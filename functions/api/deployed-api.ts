import { v7 as uuidv7 } from 'uuid';
import { agentDirectory } from '#adapters/aws/agent-directory.ts';
import { functionEnvironment } from '#adapters/aws/function-environment.ts';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import {
  batchWorkflow,
  blobLinks,
  blobStore,
  deliveryQueue,
  itemStore,
  runQueue,
  runSettings,
  runWatch,
  runWorkflow,
} from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
import { type Api, makeApi } from './api.ts';
import { authenticator } from './authenticate.ts';

/** API Gateway waits 29 s for an answer as a whole, and 15 min for one that streams. */
const bufferedLimitMs = 25_000;
const streamingLimitMs = 14 * 60_000;

/** The API over what the stacks deployed. */
export function makeDeployedApi(): Api {
  const streaming = functionEnvironment.responseMode() === 'streaming';
  const store = itemStore();
  const files = blobStore();
  const deps = {
    store,
    blobs: files,
    files,
    links: blobLinks(),
    batches: batchWorkflow(),
    queue: runQueue(),
    deliveries: deliveryQueue(),
    workflow: runWorkflow(),
    watch: runWatch(store),
    tally: storedRunTally(store),
    agents: agentDirectory(),
    calendar: async () => (await import('#adapters/croner-calendar.ts')).cronerCalendar,
    clock: systemClock,
    settings: runSettings(),
    newId: uuidv7,
    log,
  };
  const api = makeApi({
    ...deps,
    authenticate: authenticator(deps),
    publicBaseUrl: functionEnvironment.publicBaseUrl(),
    defaultAgent: functionEnvironment.defaultAgent(),
    waiting: {
      streaming,
      limitMs: streaming ? streamingLimitMs : bufferedLimitMs,
      ...(streaming ? { streamLimitMs: streamingLimitMs } : {}),
    },
  });
  return (event, context) => {
    logFor(context);
    return api(event, context);
  };
}
