import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '#core/run/deps.ts';
import type { Key } from '#core/store/item-store.ts';
import { backoffMs } from './backoff.ts';
import { type Attributes, toKeyAttributes } from './dynamo-item.ts';

interface Deps {
  readonly client: DynamoDBClient;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly tableNameOf: (key: Key) => string;
}

type Requests = NonNullable<BatchGetItemCommandInput['RequestItems']>;

const keysPerRequest = 100;
const maxAttempts = 10;

/** Strongly consistent; the items that there are, in no order. @param keys each at most once */
export async function batchGet(deps: Deps, keys: readonly Key[]): Promise<Attributes[]> {
  const found: Attributes[] = [];
  for (let i = 0; i < keys.length; i += keysPerRequest)
    found.push(...(await getAll(deps, toRequests(deps, keys.slice(i, i + keysPerRequest)))));
  return found;
}

/** An answer leaves out what does not fit into 16 MB, or what the table has no capacity for. */
async function getAll({ client, clock }: Deps, requests: Requests): Promise<Attributes[]> {
  const found: Attributes[] = [];
  let left = requests;
  for (let attempt = 1; ; ) {
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: left }));
    const items = Object.values(answer.Responses ?? {}).flat();
    found.push(...items);
    left = answer.UnprocessedKeys ?? {};
    if (Object.keys(left).length === 0) return found;
    attempt = items.length > 0 ? 1 : attempt + 1;
    if (attempt > maxAttempts) throw new Error(`Not read after ${maxAttempts} attempts`);
    await clock.sleep(backoffMs(attempt));
  }
}

function toRequests({ tableNameOf }: Deps, keys: readonly Key[]): Requests {
  const byTable = Map.groupBy(keys, tableNameOf);
  return Object.fromEntries(
    [...byTable].map(([name, own]) => [
      name,
      { Keys: own.map(toKeyAttributes), ConsistentRead: true },
    ]),
  );
}
