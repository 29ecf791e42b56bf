import { randomUUID } from 'node:crypto';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '#core/run/deps.ts';
import { type Key, TransactionConflict, type Write } from '#core/store/item-store.ts';
import { checkLimits } from '../transaction-limits.ts';
import { backoffMs } from './backoff.ts';
import { toConditionInput } from './dynamo-condition.ts';
import { type Attributes, sizeOf, toAttributes, toKeyAttributes } from './dynamo-item.ts';

interface Deps {
  readonly client: DynamoDBClient;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly tableNameOf: (key: Key) => string;
}

const maxAttempts = 10;

/**
 * Writes all or nothing. A condition that did not hold is a `TransactionConflict`; meeting other
 * writers or a table that is short of capacity is tried again, some seconds long.
 */
export async function writeItems(deps: Deps, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  const puts = writes.map((write) => ('put' in write ? toAttributes(write.put) : undefined));
  checkLimits(
    writes,
    puts.map((put) => (put ? sizeOf(put) : 0)),
  );
  const send = sender(deps, writes, puts);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send();
      return;
    } catch (error) {
      const failed = failedConditions(error);
      if (failed.length > 0) throw new TransactionConflict(failed);
      if (attempt === maxAttempts || !isContention(error)) throw error;
    }
    await deps.clock.sleep(backoffMs(attempt));
  }
}

/**
 * The request, to be sent as often as needed. A conditional write goes as a transaction even when it
 * is the only one, at twice the price: the client repeats a request whose answer got lost, and a
 * plain conditional write that had been applied would then fail its own condition. The token makes
 * that a success.
 */
function sender(
  { client, tableNameOf }: Deps,
  writes: readonly Write[],
  puts: readonly (Attributes | undefined)[],
): () => Promise<unknown> {
  const [only] = writes;
  if (writes.length === 1 && only && only.when === undefined) {
    const [item] = puts;
    if ('delete' in only) {
      const input = { TableName: tableNameOf(only.delete), Key: toKeyAttributes(only.delete) };
      return () => client.send(new DeleteItemCommand(input));
    }
    if ('put' in only) {
      const input = { TableName: tableNameOf(only.put), Item: item };
      return () => client.send(new PutItemCommand(input));
    }
  }
  const input = {
    TransactItems: writes.map((write, i) => toTransactItem(tableNameOf, write, puts[i])),
    ClientRequestToken: randomUUID(),
  };
  return () => client.send(new TransactWriteItemsCommand(input));
}

function toTransactItem(
  tableNameOf: Deps['tableNameOf'],
  write: Write,
  item: Attributes | undefined,
): TransactWriteItem {
  const condition = toConditionInput(write.when);
  if ('put' in write)
    return { Put: { TableName: tableNameOf(write.put), Item: item, ...condition } };
  if ('delete' in write)
    return {
      Delete: {
        TableName: tableNameOf(write.delete),
        Key: toKeyAttributes(write.delete),
        ...condition,
      },
    };
  return {
    ConditionCheck: {
      TableName: tableNameOf(write.check),
      Key: toKeyAttributes(write.check),
      ...condition,
    },
  };
}

const reasonsOf = (error: unknown): readonly (string | undefined)[] =>
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).map(({ Code }) => Code)
    : [];

const failedConditions = (error: unknown): number[] =>
  reasonsOf(error).flatMap((code, i) => (code === 'ConditionalCheckFailed' ? [i] : []));

const passing: ReadonlySet<string | undefined> = new Set([
  'None',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Nothing is wrong with the request; it came at the wrong moment. */
function isContention(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (error instanceof TransactionInProgressException) return true;
  const reasons = reasonsOf(error);
  return reasons.length > 0 && reasons.every((code) => passing.has(code));
}
