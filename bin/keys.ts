import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SqliteDatabase } from '#adapters/embedded/sqlite-database.ts';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import { systemClock } from '#adapters/system-clock.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '#core/tenant/api-keys.ts';
import { OrgId } from '#core/tenant/ids.ts';
import { readEnvironment } from './environment.ts';

const usage = `npm run keys -- create --org ORGANISATION [--user USER]   prints a new key, once
npm run keys -- list                                     ids and owners, no keys
npm run keys -- revoke ID                                a revoked key works for 60 s at most

Of the service on this machine, whose data lie in DATA_DIR, or with

  --table NAME   of the deployed one: the output RunTableName of the stack Data. Region and
                 credentials are those of the AWS command line (AWS_REGION, AWS_PROFILE, …).`;

const { positionals, values } = parseArgs({
  options: {
    org: { type: 'string' },
    user: { type: 'string' },
    table: { type: 'string' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});

interface Deps {
  readonly store: ItemStore;
  readonly clock: typeof systemClock;
}

const commands: Record<string, (deps: Deps, id: string | undefined) => Promise<void>> = {
  create: async (deps) => {
    if (values.org === undefined) throw new Error(usage);
    const org = OrgId.safeParse(values.org);
    if (!org.success) throw new Error(`--org ${org.error.issues[0]?.message}`);
    const token = await createApiKey(deps, { orgId: org.data, userId: values.user ?? 'api' });
    console.error(`Key of organisation ${org.data}. It is shown this once; only its hash is kept.`);
    console.log(token);
  },
  list: async (deps) => {
    for (const { id, orgId, userId, createdAt } of await listApiKeys(deps))
      console.log(`${id}  ${orgId}  ${userId}  ${new Date(createdAt).toISOString()}`);
  },
  revoke: async (deps, id) => {
    if (id === undefined) throw new Error(usage);
    if (!(await revokeApiKey(deps, id))) throw new Error(`There is no key ${id}.`);
    console.log(`Key ${id} is revoked.`);
  },
};

async function main(): Promise<void> {
  const [name = '', id] = positionals;
  const command = commands[name];
  if (command === undefined) throw new Error(usage);
  const { store, close } = await (values.table === undefined
    ? ownStore()
    : tableStore(values.table));
  await command({ store, clock: systemClock }, id);
  await close();
}

async function ownStore() {
  const database = new SqliteDatabase(join(readEnvironment(process.env).DATA_DIR, 'longrun.db'));
  return { store: new SqliteItemStore(database), close: () => database.close() };
}

/** Loaded only where it is asked for: the service on one machine comes without the AWS SDK. */
async function tableStore(runTableName: string) {
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
  return { store, close: async () => client.destroy() };
}

if (values.help) console.log(usage);
else {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
