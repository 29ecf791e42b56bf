import { join, resolve } from 'node:path';
import { SqliteDatabase } from '#adapters/embedded/sqlite-database.ts';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { readEnvironment } from './environment.ts';

export const whereTheStoreIs = `Of the service on this machine, whose data lie in DATA_DIR, or with

  --table NAME   of the deployed one: the output RunTableName of the stack Data. Region and
                 credentials are those of the AWS command line (AWS_REGION, AWS_PROFILE, …).`;

export interface OpenStore {
  readonly store: ItemStore;
  /** For whoever wonders whose store this is. */
  readonly place: string;
  close(): Promise<void>;
}

/** @param table of a deployed service. @default - the service on this machine */
export const openStore = (table: string | undefined): Promise<OpenStore> =>
  table === undefined ? ownStore() : tableStore(table);

async function ownStore(): Promise<OpenStore> {
  const place = resolve(readEnvironment(process.env).DATA_DIR);
  const database = new SqliteDatabase(join(place, 'longrun.db'));
  return { store: new SqliteItemStore(database), place, close: () => database.close() };
}

/** Loaded only where it is asked for: the service on one machine comes without the AWS SDK. */
async function tableStore(runTableName: string): Promise<OpenStore> {
  const [{ DynamoDBClient }, { DynamoItemStore }, { makeClient }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('#adapters/aws/dynamo-item-store.ts'),
    import('#adapters/aws/clients.ts'),
  ]).catch((error: unknown) => {
    throw new Error('The AWS SDK is missing: run npm ci first.', { cause: error });
  });
  const client = makeClient(DynamoDBClient);
  // Keys lie with the runs.
  const store = new DynamoItemStore({ client, runTableName, idempotencyTableName: runTableName });
  return { store, place: runTableName, close: async () => client.destroy() };
}
