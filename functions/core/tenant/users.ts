import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../run/deps.ts';
import { type ItemStore, TransactionConflict } from '../store/item-store.ts';
import { userKey, userRange, usersKey } from '../store/keys.ts';
import { hashPassword, PasswordHash } from './password.ts';
import type { Principal } from './principal.ts';

/*
 * People who log in. They lie beside the API keys, out of the reach of all that runs agents, and no
 * deployed function can write them: whoever may write the table makes users from the command line.
 */

const tokenSecretBytes = 32;

export const Username = z
  .string()
  .regex(/^[A-Za-z0-9._@+-]{1,64}$/, 'must match [A-Za-z0-9._@+-]{1,64}');

const User = z.object({
  username: Username,
  orgId: z.string(),
  email: z.string(),
  groups: z.array(z.string()),
  password: PasswordHash,
  /** What the user's tokens are signed with: a new password ends them all. */
  tokenSecret: z.string(),
  createdAt: z.number(),
});
export type User = z.infer<typeof User>;

interface Deps {
  readonly store: ItemStore;
  readonly clock: Pick<Clock, 'now'>;
}

export interface NewUser {
  readonly username: string;
  readonly orgId: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly password: string;
}

/** @returns whether there was none of that name yet, in any organisation */
export async function createUser(deps: Deps, { password, ...user }: NewUser): Promise<boolean> {
  const value = { ...user, ...(await secretsOf(password)), createdAt: deps.clock.now() };
  try {
    await deps.store.transact([
      { put: { ...userKey(user.username), value }, when: { absent: true } },
      { put: { ...usersKey, value: {} } },
    ]);
    return true;
  } catch (error) {
    if (!(error instanceof TransactionConflict)) throw error;
    return false;
  }
}

/** @returns whether there is such a user */
export async function setPassword(
  deps: Pick<Deps, 'store'>,
  username: string,
  password: string,
): Promise<boolean> {
  const user = await findUser(deps, username);
  if (user === undefined) return false;
  const value = { ...user, ...(await secretsOf(password)) };
  await deps.store.transact([{ put: { ...userKey(username), value } }]);
  return true;
}

/** @returns whether there was such a user */
export async function removeUser(deps: Pick<Deps, 'store'>, username: string): Promise<boolean> {
  const users = await listUsers(deps);
  if (!users.some((user) => user.username === username)) return false;
  const isLast = users.length === 1;
  await deps.store.transact([
    { delete: userKey(username) },
    ...(isLast ? [{ delete: usersKey }] : []),
  ]);
  return true;
}

export async function listUsers({ store }: Pick<Deps, 'store'>): Promise<User[]> {
  const items = await store.query({
    ...userRange,
    order: 'ascending',
    limit: Number.MAX_SAFE_INTEGER,
  });
  return items.map((item) => User.parse(item.value));
}

export async function findUser(
  { store }: Pick<Deps, 'store'>,
  username: string,
): Promise<User | undefined> {
  if (!Username.safeParse(username).success) return undefined;
  const item = await store.get(userKey(username));
  return item && User.parse(item.value);
}

export const hasUsers = async ({ store }: Pick<Deps, 'store'>) =>
  (await store.get(usersKey)) !== undefined;

export const toPrincipal = ({ orgId, username, groups }: User): Principal => ({
  orgId,
  userId: username,
  name: `user:${username}`,
  groups,
});

const secretsOf = async (password: string) => ({
  password: await hashPassword(password),
  tokenSecret: randomBytes(tokenSecretBytes).toString('base64'),
});
