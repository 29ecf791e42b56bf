import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { decodeDelivery } from '#adapters/aws/delivery-message.ts';
import { functionEnvironment } from '#adapters/aws/function-environment.ts';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { blobStore, deliveryQueue, itemStore, runWorkflow } from '#adapters/aws/ports.ts';
import { guardedPost } from '#adapters/guarded-fetch/guarded-post.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { webhookBody } from '#api/webhook-body.ts';
import { deliver } from '#core/webhook/deliver.ts';

const baseUrl = functionEnvironment.publicBaseUrl() ?? '';
const store = itemStore();
const views = { store, blobs: blobStore(), clock: systemClock, log, workflow: runWorkflow() };
const deps = {
  store,
  clock: systemClock,
  log,
  deliveries: deliveryQueue(),
  post: guardedPost({ allowsLoopback: functionEnvironment.webhooksToLoopback() }),
  webhookBody: webhookBody(views, () => baseUrl),
};

/** Lambda says when to end by ending. */
const never = new AbortController().signal;

/** A receiver that fails is no failure here: the delivery remembers it, and when it is tried again. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logFor(context);
  const failed = await Promise.all(
    event.Records.map(async ({ messageId, body }) => {
      try {
        await deliver(deps, decodeDelivery(body), never);
        return [];
      } catch (error) {
        log('warn', 'webhook attempt failed', { messageId, error: `${error}` });
        return [{ itemIdentifier: messageId }];
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}
