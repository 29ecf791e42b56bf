import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../run/deps.ts';
import type { ItemStore } from '../store/item-store.ts';
import { apiKeyKey, apiKeyRange } from '../store/keys.ts';
import type { Principal } from './principal.ts';

/*
 * A key is `lr_<id>_<secret>`. Only sha256 of it is stored: the secret has 256 bits of chance, so
 * nothing slower is needed to keep it from being guessed.
 */

const ApiKey = z.object({
  id: z.string(),
  orgId: z.string(),
  userId: z.string(),
  groups: z.array(z.string()).default([]),
  secretHash: z.string(),
  createdAt: z.number(),
});
export type ApiKey = Omit<z.infer<typeof ApiKey>, 'secretHash'>;

const idBytes = 6;
const secretBytes = 32;

interface Deps {
  readonly store: ItemStore;
  readonly clock: Pick<Clock, 'now'>;
}

/** @returns the token, which nobody can read again */
export async function createApiKey(
  deps: Deps,
  owner: { readonly orgId: string; readonly userId: string; readonly groups?: readonly string[] },
): Promise<string> {
  const id = randomBytes(idBytes).toString('hex');
  const token = `lr_${id}_${randomBytes(secretBytes).toString('base64url')}`;
  const key = { ...owner, id, secretHash: hash(token), createdAt: deps.clock.now() };
  await deps.store.transact([{ put: { ...apiKeyKey(id), value: key }, when: { absent: true } }]);
  return token;
}

/** @returns whether there was such a key */
export async function revokeApiKey(deps: Pick<Deps, 'store'>, id: string): Promise<boolean> {
  if ((await deps.store.get(apiKeyKey(id))) === undefined) return false;
  await deps.store.transact([{ delete: apiKeyKey(id) }]);
  return true;
}

export async function listApiKeys(deps: Pick<Deps, 'store'>): Promise<ApiKey[]> {
  const items = await deps.store.query({
    ...apiKeyRange,
    order: 'ascending',
    limit: Number.MAX_SAFE_INTEGER,
  });
  return items.map((item) => ApiKey.omit({ secretHash: true }).parse(item.value));
}

/** @returns `undefined` for a token that is no key, or none any more */
export async function findPrincipal(
  deps: Pick<Deps, 'store'>,
  token: string,
): Promise<Principal | undefined> {
  const id = /^lr_([0-9a-f]{12})_/.exec(token)?.[1];
  const item = id && (await deps.store.get(apiKeyKey(id)));
  if (!item) return undefined;
  const key = ApiKey.parse(item.value);
  return sameHash(key.secretHash, hash(token))
    ? { orgId: key.orgId, userId: key.userId, name: `key:${key.id}`, groups: key.groups }
    : undefined;
}

const hash = (token: string) => createHash('sha256').update(token).digest('hex');

const sameHash = (a: string, b: string) => timingSafeEqual(Buffer.from(a), Buffer.from(b));
