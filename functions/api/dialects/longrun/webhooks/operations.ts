import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import {
  getDelivery,
  listDeliveries,
  listRunDeliveries,
  redeliver,
} from '#core/webhook/manage-deliveries.ts';
import { rotateSigningSecret, signingSecrets } from '#core/webhook/signing-secret.ts';
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateWebhookSecret,
  updateWebhook,
} from '#core/webhook/webhook.ts';
import { activeSecrets } from '#core/webhook/webhook-secret.ts';
import type { webhookContract } from './contract.ts';
import { toDeliveryView, toSecretView, toWebhookView, withSecret } from './views.ts';

export const webhookOperations = (deps: DialectDeps): Operations<typeof webhookContract> => ({
  createWebhook: async ({ body, principal, idempotency }) => {
    const { orgId } = principal;
    const { webhook, replayed } = await createWebhook(deps, orgId, { ...body, idempotency });
    return {
      body: withSecret(webhook),
      ...(replayed ? { headers: { 'idempotency-replayed': 'true' } } : {}),
    };
  },

  listWebhooks: async ({ principal }) => ({
    body: { webhooks: (await listWebhooks(deps, principal.orgId)).map(toWebhookView) },
  }),

  getSigningSecret: async ({ principal }) => {
    const secrets = await signingSecrets(deps, principal.orgId);
    return { body: toSecretView(activeSecrets(secrets, deps.clock.now())) };
  },

  rotateSigningSecret: async ({ principal }) => ({
    body: toSecretView(await rotateSigningSecret(deps, principal.orgId)),
  }),

  getDelivery: async ({ params, principal }) => ({
    body: toDeliveryView(await getDelivery(deps, principal.orgId, params.deliveryId)),
  }),

  redeliver: async ({ params, principal }) => ({
    body: toDeliveryView(await redeliver(deps, principal.orgId, params.deliveryId)),
  }),

  getWebhook: async ({ params, principal }) => ({
    body: toWebhookView(await getWebhook(deps, principal.orgId, params.webhookId)),
  }),

  updateWebhook: async ({ params, body, principal }) => ({
    body: toWebhookView(await updateWebhook(deps, principal.orgId, params.webhookId, body)),
  }),

  deleteWebhook: async ({ params, principal }) => {
    await deleteWebhook(deps, principal.orgId, params.webhookId);
    return { body: undefined };
  },

  rotateWebhookSecret: async ({ params, principal }) => ({
    body: withSecret(await rotateWebhookSecret(deps, principal.orgId, params.webhookId)),
  }),

  listDeliveries: async ({ params, query, principal }) => {
    const { status: state, ...page } = query;
    const { orgId } = principal;
    const { webhookId } = params;
    const { deliveries, cursor } = await listDeliveries(deps, {
      ...{ ...page, orgId, webhookId, state },
    });
    return {
      body: { deliveries: deliveries.map(toDeliveryView), nextCursor: cursor ?? null },
    };
  },

  listRunDeliveries: async ({ params, principal }) => {
    const key = { orgId: principal.orgId, runId: params.runId };
    const deliveries = await listRunDeliveries(deps, key);
    return { body: { deliveries: deliveries.map(toDeliveryView) } };
  },
});
