import { createApiKey, listApiKeys, revokeApiKey } from '#core/tenant/api-keys.ts';
import { OrgId } from '#core/tenant/ids.ts';
import { required, storeCommand } from './command/store-command.ts';
import { whereTheStoreIs } from './open-store.ts';

const usage = `npm run keys -- create --org ORGANISATION [--user USER] [--group GROUP]…
                                                         prints a new key, once
npm run keys -- list                                     ids and owners, no keys
npm run keys -- revoke ID                                a revoked key works for 60 s at most

${whereTheStoreIs}`;

await storeCommand({
  usage,
  options: {
    org: { type: 'string' },
    user: { type: 'string' },
    group: { type: 'string', multiple: true },
  },
  actions: {
    create: {
      read: ({ org, user: userId = 'api', group: groups = [] }) => {
        const orgId = required(OrgId, '--org', org);
        return async (deps) => {
          const token = await createApiKey(deps, { orgId, userId, groups });
          console.error(
            `Key of organisation ${orgId}, in ${deps.place}. It is shown this once; only its hash is kept.`,
          );
          console.log(token);
        };
      },
    },
    list: {
      read: () => async (deps) => {
        for (const { id, orgId, userId, groups, createdAt } of await listApiKeys(deps)) {
          const columns = [id, orgId, userId, new Date(createdAt).toISOString(), groups.join(',')];
          console.log(columns.join('  ').trim());
        }
      },
    },
    revoke: {
      operand: 'ID',
      read: (_, id) => async (deps) => {
        if (!(await revokeApiKey(deps, id))) throw new Error(`There is no key ${id}.`);
        console.log(`Key ${id} is revoked.`);
      },
    },
  },
});
