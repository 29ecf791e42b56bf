import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SqliteDatabase } from '#adapters/embedded/sqlite-database.ts';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import { systemClock } from '#adapters/embedded/system-clock.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '#core/tenant/api-keys.ts';
import { OrgId } from '#core/tenant/ids.ts';
import { readEnvironment } from './environment.ts';

const usage = `npm run keys -- create --org ORGANISATION [--user USER]   prints a new key, once
npm run keys -- list                                     ids and owners, no keys
npm run keys -- revoke ID                                a revoked key works for 60 s at most`;

const { positionals, values } = parseArgs({
  options: { org: { type: 'string' }, user: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
});

async function run(deps: { store: SqliteItemStore; clock: typeof systemClock }): Promise<void> {
  const [command, id] = positionals;
  if (command === 'create' && values.org !== undefined) {
    const org = OrgId.safeParse(values.org);
    if (!org.success) throw new Error(`--org ${org.error.issues[0]?.message}`);
    const token = await createApiKey(deps, { orgId: org.data, userId: values.user ?? 'api' });
    console.error(`Key of organisation ${org.data}. It is shown this once; only its hash is kept.`);
    console.log(token);
  } else if (command === 'list') {
    for (const key of await listApiKeys(deps))
      console.log(`${key.id}  ${key.orgId}  ${key.userId}  ${new Date(key.createdAt).toISOString()}`);
  } else if (command === 'revoke' && id !== undefined) {
    if (!(await revokeApiKey(deps, id))) throw new Error(`There is no key ${id}.`);
    console.log(`Key ${id} is revoked.`);
  } else throw new Error(usage);
}

if (values.help) console.log(usage);
else {
  try {
    const database = new SqliteDatabase(
      join(readEnvironment(process.env).DATA_DIR, 'longrun.db'),
    );
    await run({ store: new SqliteItemStore(database), clock: systemClock });
    await database.close();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
