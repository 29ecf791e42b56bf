import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoItemStore } from '#adapters/aws/dynamo-item-store.ts';

/** A store over a client that answers what the test says and sends nothing. Nobody really sleeps. */
export function aDynamoStore() {
  const dynamo = mockClient(DynamoDBClient);
  const slept: number[] = [];
  const store = new DynamoItemStore({
    client: new DynamoDBClient({ region: 'us-east-1' }),
    runTableName: 'runs',
    idempotencyTableName: 'idempotency',
    clock: { sleep: async (ms) => void slept.push(ms) },
  });
  /** The inputs of the commands of a kind that were sent. */
  const sent = (command: { readonly name: string }) =>
    dynamo
      .calls()
      .filter(({ args: [one] }) => one.constructor.name === command.name)
      .map(({ args: [one] }) => one.input);
  return { dynamo, store, slept, sent };
}

/** @param codes one for each write; `None` where nothing is wrong with it */
export const aCancellation = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

/** As the tables hold it. */
export const aStoredItem = (sk: string, pk = 'p') => ({
  pk: { S: pk },
  sk: { S: sk },
  value: { M: { sk: { S: sk } } },
});
