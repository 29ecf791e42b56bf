import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { agentDirectory } from '#adapters/aws/agent-directory.ts';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { blobStore, itemStore, runQueue, runSettings, runWorkflow } from '#adapters/aws/ports.ts';
import { QueueMessage } from '#adapters/aws/queue-message.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';

const deps = {
  store: itemStore(),
  blobs: blobStore(),
  queue: runQueue(),
  workflow: runWorkflow(),
  agents: agentDirectory(),
  clock: systemClock,
  settings: runSettings(),
  log,
};

/** A message that fails comes again, alone; one that fails for good ends in the dead-letter queue. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logFor(context);
  const failed = await Promise.all(
    event.Records.map(async ({ messageId, body }) => {
      try {
        await dispatchRun(deps, QueueMessage.parse(body));
        return [];
      } catch (error) {
        log('warn', 'dispatch failed', { messageId, error: `${error}` });
        return [{ itemIdentifier: messageId }];
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}
