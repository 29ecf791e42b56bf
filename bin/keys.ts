import { parseArgs } from 'node:util';
import { systemClock } from '#adapters/system-clock.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '#core/tenant/api-keys.ts';
import { OrgId } from '#core/tenant/ids.ts';
import { openStore, whereTheStoreIs } from './open-store.ts';

const usage = `npm run keys -- create --org ORGANISATION [--user USER] [--group GROUP]…
                                                         prints a new key, once
npm run keys -- list                                     ids and owners, no keys
npm run keys -- revoke ID                                a revoked key works for 60 s at most

${whereTheStoreIs}`;

const { positionals, values } = parseArgs({
  options: {
    org: { type: 'string' },
    user: { type: 'string' },
    group: { type: 'string', multiple: true },
    table: { type: 'string' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});

interface Deps {
  readonly store: ItemStore;
  readonly place: string;
  readonly clock: typeof systemClock;
}

const commands: Record<string, (deps: Deps, id: string | undefined) => Promise<void>> = {
  create: async (deps) => {
    if (values.org === undefined) throw new Error(usage);
    const org = OrgId.safeParse(values.org);
    if (!org.success) throw new Error(`--org ${org.error.issues[0]?.message}`);
    const owner = { orgId: org.data, userId: values.user ?? 'api', groups: values.group ?? [] };
    const token = await createApiKey(deps, owner);
    console.error(
      `Key of organisation ${org.data}, in ${deps.place}. It is shown this once; only its hash is kept.`,
    );
    console.log(token);
  },
  list: async (deps) => {
    for (const { id, orgId, userId, groups, createdAt } of await listApiKeys(deps))
      console.log(
        [id, orgId, userId, new Date(createdAt).toISOString(), groups.join(',')].join('  ').trim(),
      );
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
  const { store, place, close } = await openStore(values.table);
  await command({ store, place, clock: systemClock }, id);
  await close();
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
