import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';

/*
 * Signatures after Standard Webhooks: https://www.standardwebhooks.com
 */

const secretBytes = 32;
const prefix = 'whsec_';
/** How long a receiver may go on with the secret before the newest. */
const overlapMs = 24 * 3600 * 1000;

export const WebhookSecret = z.object({
  secret: z.string().startsWith(prefix),
  /** When it stops to sign, in epoch milliseconds; `null` for the newest. */
  expiresAt: z.number().nullable(),
});
export type WebhookSecret = z.infer<typeof WebhookSecret>;

export const newSecret = (): WebhookSecret => ({
  secret: `${prefix}${randomBytes(secretBytes).toString('base64')}`,
  expiresAt: null,
});

/** Those that sign, the newest first. */
export const activeSecrets = (secrets: readonly WebhookSecret[], now: number) =>
  secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);

/** A new secret beside the one before, which signs for another day; older ones do no more. */
export const rotated = (secrets: readonly WebhookSecret[], now: number): WebhookSecret[] => [
  newSecret(),
  ...activeSecrets(secrets, now)
    .slice(0, 1)
    .map(({ secret }) => ({ secret, expiresAt: now + overlapMs })),
];

/** Headers that let a receiver tell that we sent this body, and when. @param at epoch milliseconds */
export function signedHeaders(
  message: { readonly id: string; readonly at: number; readonly body: string },
  secrets: readonly WebhookSecret[],
): Record<string, string> {
  const timestamp = `${Math.floor(message.at / 1000)}`;
  const signed = `${message.id}.${timestamp}.${message.body}`;
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map(({ secret }) => `v1,${sign(secret, signed)}`).join(' '),
  };
}

const sign = (secret: string, text: string) =>
  createHmac('sha256', Buffer.from(secret.slice(prefix.length), 'base64'))
    .update(text)
    .digest('base64');
