import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { DeliveryState } from '#core/webhook/delivery.ts';
import { WebhookEventType } from '#core/webhook/webhook-event.ts';
import { RunId } from '../run-id.ts';

const limitDefault = 20;
const limitMax = 100;

const WebhookId = z.object({ webhookId: z.string() });
const DeliveryId = z.object({ deliveryId: z.string() });

const events = z.array(WebhookEventType).min(1).max(WebhookEventType.options.length);
const WebhookSettings = z.object({
  url: z.string(),
  description: z.string().max(256).default(''),
  /** What it is told of. @default - everything */
  events: events.default(WebhookEventType.options),
  enabled: z.boolean().default(true),
});
const WebhookChange = z.object({
  url: z.string().optional(),
  description: z.string().max(256).optional(),
  events: events.optional(),
  enabled: z.boolean().optional(),
});

export const WebhookView = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  events: z.array(WebhookEventType),
  enabled: z.boolean(),
  /** Why it was disabled, where nobody of its owners did it. */
  disabledReason: z.string().optional(),
  createdAt: z.string(),
});

/** Signs from now on; beside it, until then, the one before. */
const NewSecret = z.object({ secret: z.string(), previousSecretExpiresAt: z.string().optional() });
const WebhookWithSecret = WebhookView.extend(NewSecret.shape);

export const SigningSecretView = z.object({
  /** Each signs, the newest first. */
  secrets: z.array(z.object({ secret: z.string(), expiresAt: z.string().nullable() })),
});

export const DeliveryView = z.object({
  /** What the receiver is shown as `webhook-id`, at every attempt. */
  id: z.string(),
  /** @default - the run's own */
  webhookId: z.string().optional(),
  runId: z.string(),
  type: WebhookEventType,
  url: z.string(),
  state: DeliveryState,
  /** Why it will not be tried again, where its last attempt does not say so. */
  reason: z.string().optional(),
  /** When the event happened. */
  timestamp: z.string(),
  /** Of a pending one. */
  nextAttemptAt: z.string().optional(),
  attempts: z.array(
    z.object({
      at: z.string(),
      durationMs: z.number(),
      status: z.number().optional(),
      error: z.string().optional(),
    }),
  ),
});

export const webhookContract = {
  createWebhook: {
    method: 'POST',
    path: '/api/webhooks',
    body: WebhookSettings,
    status: 201,
    response: WebhookWithSecret,
  },
  listWebhooks: {
    method: 'GET',
    path: '/api/webhooks',
    status: 200,
    response: z.object({ webhooks: z.array(WebhookView) }),
  },
  getSigningSecret: {
    method: 'GET',
    path: '/api/webhooks/signing-secret',
    status: 200,
    response: SigningSecretView,
  },
  rotateSigningSecret: {
    method: 'POST',
    path: '/api/webhooks/signing-secret/rotate',
    status: 200,
    response: SigningSecretView,
  },
  getDelivery: {
    method: 'GET',
    path: '/api/webhooks/deliveries/{deliveryId}',
    params: DeliveryId,
    status: 200,
    response: DeliveryView,
  },
  redeliver: {
    method: 'POST',
    path: '/api/webhooks/deliveries/{deliveryId}/redeliver',
    params: DeliveryId,
    status: 202,
    response: DeliveryView,
  },
  getWebhook: {
    method: 'GET',
    path: '/api/webhooks/{webhookId}',
    params: WebhookId,
    status: 200,
    response: WebhookView,
  },
  updateWebhook: {
    method: 'PATCH',
    path: '/api/webhooks/{webhookId}',
    params: WebhookId,
    body: WebhookChange,
    status: 200,
    response: WebhookView,
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/api/webhooks/{webhookId}',
    params: WebhookId,
    status: 204,
  },
  rotateWebhookSecret: {
    method: 'POST',
    path: '/api/webhooks/{webhookId}/rotate-secret',
    params: WebhookId,
    status: 200,
    response: WebhookWithSecret,
  },
  listDeliveries: {
    method: 'GET',
    path: '/api/webhooks/{webhookId}/deliveries',
    params: WebhookId,
    query: z.object({
      status: DeliveryState.optional(),
      limit: z.coerce.number().int().min(1).max(limitMax).default(limitDefault),
      cursor: z.string().optional(),
    }),
    status: 200,
    response: z.object({ deliveries: z.array(DeliveryView), nextCursor: z.string().nullable() }),
  },
  listRunDeliveries: {
    method: 'GET',
    path: '/api/runs/{runId}/deliveries',
    params: z.object({ runId: RunId }),
    status: 200,
    response: z.object({ deliveries: z.array(DeliveryView) }),
  },
} as const satisfies Contract;
