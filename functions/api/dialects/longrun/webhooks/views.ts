import type * as z from 'zod';
import { iso } from '#api/iso.ts';
import { type Delivery, deliveryId, runItself } from '#core/webhook/delivery.ts';
import type { Webhook } from '#core/webhook/webhook.ts';
import type { WebhookSecret } from '#core/webhook/webhook-secret.ts';
import type { DeliveryView, SigningSecretView, WebhookView } from './contract.ts';

/** Without its secrets. */
export const toWebhookView = (webhook: Webhook): z.input<typeof WebhookView> => ({
  id: webhook.id,
  url: webhook.url,
  description: webhook.description,
  events: webhook.events,
  enabled: webhook.enabled,
  ...(webhook.disabledReason === null ? {} : { disabledReason: webhook.disabledReason }),
  createdAt: iso(webhook.createdAt),
});

/** Shown once, to whoever has just had the secret made. */
export function withSecret(webhook: Webhook) {
  const [newest, previous] = webhook.secrets;
  return {
    ...toWebhookView(webhook),
    secret: newest?.secret ?? '',
    ...(previous?.expiresAt ? { previousSecretExpiresAt: iso(previous.expiresAt) } : {}),
  };
}

export const toSecretView = (
  secrets: readonly WebhookSecret[],
): z.input<typeof SigningSecretView> => ({
  secrets: secrets.map(({ secret, expiresAt }) => ({
    secret,
    expiresAt: expiresAt === null ? null : iso(expiresAt),
  })),
});

export const toDeliveryView = (delivery: Delivery): z.input<typeof DeliveryView> => ({
  id: deliveryId(delivery),
  ...(delivery.receiver === runItself ? {} : { webhookId: delivery.receiver }),
  runId: delivery.runId,
  type: delivery.type,
  url: delivery.url,
  state: delivery.state,
  ...(delivery.reason === undefined ? {} : { reason: delivery.reason }),
  timestamp: iso(delivery.at),
  ...(delivery.state === 'pending' ? { nextAttemptAt: iso(delivery.nextAttemptAt) } : {}),
  attempts: delivery.attempts.map(({ at, ...attempt }) => ({ at: iso(at), ...attempt })),
});
