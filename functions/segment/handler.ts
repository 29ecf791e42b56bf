import type { Context } from 'aws-lambda';
import { deployedAgents } from '#adapters/aws/deployed-agents.ts';
import { deployedSecrets } from '#adapters/aws/deployed-secrets.ts';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { blobStore, itemStore, runQueue, runSettings, runWatch } from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { segmentTask, TaskInput, type TaskOutcome } from '#core/lifecycle-tasks.ts';
import { patiently } from './patiently.ts';

/** For letting go of a step and writing that down. */
const handOverMs = 10_000;

const store = itemStore();
const blobs = blobStore();
const deps = {
  store,
  blobs,
  queue: runQueue(),
  watch: runWatch(store),
  agents: deployedAgents(blobs, deployedSecrets(), log),
  clock: systemClock,
  settings: runSettings(),
  log,
};

export async function handler(event: unknown, context: Context): Promise<TaskOutcome> {
  logFor(context);
  const stopping = new AbortController();
  const timer = setTimeout(
    () => stopping.abort('The invocation ends'),
    context.getRemainingTimeInMillis() - handOverMs,
  );
  try {
    const input = TaskInput.parse(event);
    const invocation = {
      owner: context.awsRequestId,
      // One that failed has given up its lease; one that was killed lets it run out.
      isDead: () => false,
      stopping: stopping.signal,
    };
    return await patiently(systemClock, stopping.signal, () =>
      segmentTask(deps, input, invocation),
    );
  } finally {
    clearTimeout(timer);
  }
}
