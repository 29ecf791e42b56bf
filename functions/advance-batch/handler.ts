import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { blobStore, itemStore, runQueue, runSettings, runWorkflow } from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { advanceBatch } from '#core/batch/advance-batch.ts';
import type { BatchStep } from '#core/batch/batch-workflow.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';

const files = blobStore();
const store = itemStore();
const deps = {
  store,
  tally: storedRunTally(store),
  blobs: files,
  files,
  queue: runQueue(),
  workflow: runWorkflow(),
  clock: systemClock,
  settings: runSettings(),
  log,
};

const Input = z.object({
  orgId: z.string(),
  batchId: z.string(),
  /** What this function said last, or the input of the execution. */
  handed: z.object({ round: z.number().default(0) }),
});

/**
 * An execution has a history of 25,000 events, and a batch may wait for days: after so many rounds
 * it is left to the sweeper, which starts the next execution.
 */
const mostRounds = 200;
const continueAboveMs = 300_000;

/** What has to be done next for a batch; the state machine does it, and asks again. */
export async function handler(
  event: unknown,
  context: Context,
): Promise<BatchStep & { readonly round: number }> {
  logFor(context);
  const { orgId, batchId, handed } = Input.parse(event);
  const key = { orgId, batchId };
  let step = await advanceBatch(deps, key);
  while (step.next === 'CONTINUE' && context.getRemainingTimeInMillis() > continueAboveMs)
    step = await advanceBatch(deps, key);
  return { ...(handed.round < mostRounds ? step : { next: 'DONE' }), round: handed.round + 1 };
}
