import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { functionEnvironment } from '#adapters/aws/function-environment.ts';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { deliveryQueue, itemStore, runBus } from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { publishOutbox } from '#core/outbox/outbox.ts';
import { isOfBatch } from '#core/outbox/outbox-event.ts';

const deps = {
  store: itemStore(),
  clock: systemClock,
  bus: runBus(),
  deliveries: deliveryQueue(),
  publicBaseUrl: functionEnvironment.publicBaseUrl(),
};

/** The keys alone: what has been told by now is no longer in the store, and told once. */
const Keys = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });

/** What the bus does not take stays in the outbox, where the sweeper finds it. */
export async function handler(
  event: DynamoDBStreamEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> {
  logFor(context);
  const keys = event.Records.map(({ dynamodb }) => {
    const { pk, sk } = Keys.parse(dynamodb?.Keys);
    return { pk: pk.S, sk: sk.S };
  });
  const once = new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key]));
  const rows = await deps.store.getMany([...once.values()]);
  const left = await publishOutbox(
    deps,
    rows.flatMap((row) => row ?? []),
  );
  if (left.length > 0)
    log('warn', 'not announced', {
      runIds: left.map((event) => (isOfBatch(event) ? event.batchId : event.runId)),
    });
  return { batchItemFailures: [] };
}
