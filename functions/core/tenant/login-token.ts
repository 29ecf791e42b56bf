import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../run/deps.ts';
import type { ItemStore } from '../store/item-store.ts';
import type { Principal } from './principal.ts';
import { findUser, toPrincipal, type User } from './users.ts';

/*
 * A token is `lu_<username>_<expiry>_<signature>`, the name in hexadecimal. It is stored nowhere: the key
 * that signs it lies with its user, and ends with the user or the password.
 */

const signatureOf = ({ tokenSecret }: User, signed: string) =>
  createHmac('sha256', Buffer.from(tokenSecret, 'base64')).update(signed).digest('hex');

/** @param expiresAt epoch milliseconds */
export function loginTokenOf(user: User, expiresAt: number): string {
  const signed = `lu_${Buffer.from(user.username).toString('hex')}_${expiresAt}`;
  return `${signed}_${signatureOf(user, signed)}`;
}

/** @returns `undefined` for what is no such token, or none any more */
export async function findLoggedIn(
  deps: { readonly store: ItemStore; readonly clock: Pick<Clock, 'now'> },
  token: string,
): Promise<Principal | undefined> {
  const match = /^(?<signed>lu_(?<name>[0-9a-f]+)_(?<expiry>\d{1,15}))_(?<signature>[0-9a-f]{64})$/;
  const parts = match.exec(token)?.groups;
  if (parts === undefined) return undefined;
  const { signed = '', name = '', expiry = '', signature = '' } = parts;
  if (Number(expiry) <= deps.clock.now()) return undefined;
  const user = await findUser(deps, Buffer.from(name, 'hex').toString());
  if (user === undefined) return undefined;
  const isGenuine = timingSafeEqual(Buffer.from(signatureOf(user, signed)), Buffer.from(signature));
  return isGenuine ? toPrincipal(user) : undefined;
}
