import * as z from 'zod';

/** Longrun's own answers about webhooks, as its README shows them. */

export const WebhookView = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  disabledReason: z.string().optional(),
  createdAt: z.iso.datetime(),
});

export const WebhookWithSecret = WebhookView.extend({
  secret: z.string(),
  previousSecretExpiresAt: z.iso.datetime().optional(),
});

export const SigningSecret = z.strictObject({
  secrets: z
    .array(z.strictObject({ secret: z.string(), expiresAt: z.iso.datetime().nullable() }))
    .min(1),
});

export const DeliveryView = z.strictObject({
  id: z.string(),
  webhookId: z.string().optional(),
  runId: z.string(),
  type: z.string(),
  url: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  reason: z.string().optional(),
  timestamp: z.iso.datetime(),
  nextAttemptAt: z.iso.datetime().optional(),
  attempts: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      durationMs: z.number(),
      status: z.number().optional(),
      error: z.string().optional(),
    }),
  ),
});
