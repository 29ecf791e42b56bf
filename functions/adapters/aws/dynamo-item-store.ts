import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { systemClock } from '#adapters/system-clock.ts';
import type { Clock } from '#core/run/deps.ts';
import type { IndexName, Item, ItemStore, Key, Query, Write } from '#core/store/item-store.ts';
import { tableOf } from '#core/store/keys.ts';
import { batchGet } from './dynamo-batch-get.ts';
import { type Attributes, keyIn, toItem, toKeyAttributes } from './dynamo-item.ts';
import { isBound, pageLimit, toQueryInput } from './dynamo-query.ts';
import { writeItems } from './dynamo-write.ts';

interface Options {
  readonly client: DynamoDBClient;
  /** Holds everything but idempotency records, and has the indexes. */
  readonly runTableName: string;
  readonly idempotencyTableName: string;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'sleep'>;
}

/** The item store in two DynamoDB tables. Never scans them. */
export class DynamoItemStore implements ItemStore {
  readonly #client: DynamoDBClient;
  readonly #runTableName: string;
  readonly #deps;

  constructor({ client, runTableName, idempotencyTableName, clock = systemClock }: Options) {
    this.#client = client;
    this.#runTableName = runTableName;
    const tableNameOf = (key: Key) =>
      tableOf(key) === 'runs' ? runTableName : idempotencyTableName;
    this.#deps = { client, clock, tableNameOf };
  }

  async get(key: Key): Promise<Item | undefined> {
    const { Item: found } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#deps.tableNameOf(key),
        Key: toKeyAttributes(key),
        ConsistentRead: true,
      }),
    );
    return found && toItem(found);
  }

  async getMany(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    const wanted = new Map(keys.map((key) => [nameOf(key), key]));
    const items = (await batchGet(this.#deps, [...wanted.values()])).map(toItem);
    const found = new Map(items.map((item) => [nameOf(item), item]));
    return keys.map((key) => found.get(nameOf(key)));
  }

  async query(query: Query): Promise<Item[]> {
    const { index } = query;
    return this.#collect(query, 'all', async (entries) =>
      index === undefined ? entries.map(toItem) : this.#itemsOf(index, entries),
    );
  }

  async queryKeys(query: Query): Promise<Key[]> {
    return this.#collect(query, 'keys', async (entries) =>
      entries.map((entry) => keyIn(entry, query.index)),
    );
  }

  async transact(writes: readonly Write[]): Promise<void> {
    await writeItems(this.#deps, writes);
  }

  /** Page by page, until there are as many as were asked for or no more. */
  async #collect<T>(
    query: Query,
    select: 'all' | 'keys',
    toFound: (entries: Attributes[]) => Promise<T[]>,
  ): Promise<T[]> {
    const input = toQueryInput(query, select);
    if (input === undefined) return [];
    const found: T[] = [];
    let from: Attributes | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          ...input,
          TableName: this.#runTableName,
          Limit: pageLimit(query, query.limit - found.length),
          ExclusiveStartKey: from,
        }),
      );
      const entries = page.Items ?? [];
      const within = entries.filter((entry) => !isBound(query, keyIn(entry, query.index)));
      found.push(...(await toFound(within)));
      from = page.LastEvaluatedKey;
    } while (from && found.length < query.limit);
    return found.slice(0, query.limit);
  }

  /** An index lags behind: an item that is no longer where it stood there is left out. */
  async #itemsOf(index: IndexName, entries: readonly Attributes[]): Promise<Item[]> {
    const items = await this.getMany(entries.map((entry) => keyIn(entry)));
    return items.flatMap((item, i) => {
      const entry = entries[i];
      const standsIn = item?.indexes?.[index];
      return item && entry && standsIn && nameOf(standsIn) === nameOf(keyIn(entry, index))
        ? [item]
        : [];
    });
  }
}

const nameOf = ({ pk, sk }: Key) => JSON.stringify([pk, sk]);
