import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makeClient } from '#adapters/aws/clients.ts';
import { DynamoItemStore } from '#adapters/aws/dynamo-item-store.ts';
import { itemStoreTests } from '../adapters/item-store/item-store-tests.ts';
import { createTables } from './emulated-tables.ts';

const client = makeClient(DynamoDBClient);
let tables: ReturnType<typeof createTables> | undefined;

/** All tests share the tables: each has keys of its own. */
async function aStore() {
  tables ??= createTables(client);
  return new DynamoItemStore({ client, ...(await tables) });
}

itemStoreTests('DynamoItemStore', aStore);
