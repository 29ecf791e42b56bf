import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { type ItemStore, TransactionConflict } from '../store/item-store.ts';
import { approvalLinkSecretKey } from '../store/keys.ts';

/*
 * A key of its own: that of the webhooks is known to their receivers, who are told what to decide on
 * and are not thereby trusted to decide.
 */

const Secret = z.object({ secret: z.string() });
const secretBytes = 32;

/** @returns `undefined` where the tenant has never had a link */
export async function findLinkSecret(store: ItemStore, orgId: string): Promise<string | undefined> {
  const item = await store.get(approvalLinkSecretKey(orgId));
  return item && Secret.parse(item.value).secret;
}

/** Made when it is first needed. */
export async function linkSecret(store: ItemStore, orgId: string): Promise<string> {
  const known = await findLinkSecret(store, orgId);
  if (known !== undefined) return known;
  const secret = randomBytes(secretBytes).toString('base64url');
  try {
    const put = { ...approvalLinkSecretKey(orgId), value: { secret } };
    await store.transact([{ put, when: { absent: true } }]);
    return secret;
  } catch (error) {
    if (!(error instanceof TransactionConflict)) throw error;
    return linkSecret(store, orgId);
  }
}
