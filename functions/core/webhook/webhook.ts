import * as z from 'zod';
import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import type { RunDeps } from '../run/deps.ts';
import { invalidInput, RunError } from '../run/run-error.ts';
import { type Item, TransactionConflict } from '../store/item-store.ts';
import { webhookKey, webhookPartition, webhookRange } from '../store/keys.ts';
import { checkWebhookUrl } from './check-webhook-url.ts';
import { WebhookEventType } from './webhook-event.ts';
import { newSecret, rotated, WebhookSecret } from './webhook-secret.ts';

/** A place that a tenant has registered to be told of all its runs. */
export const Webhook = z.object({
  id: z.string(),
  orgId: z.string(),
  url: z.string(),
  description: z.string(),
  events: z.array(WebhookEventType),
  enabled: z.boolean(),
  /** Why it is told nothing more, where it was not its owner who said so. */
  disabledReason: z.string().nullable(),
  /** The newest first. */
  secrets: z.array(WebhookSecret),
  createdAt: z.number(),
  /** Raised by every write; each write is conditional on the one before. */
  version: z.number(),
});
export type Webhook = z.infer<typeof Webhook>;

/** All of a tenant's are looked through at each event of its runs. */
const maxWebhooks = 20;
const maxAttempts = 10;

type Deps = Pick<RunDeps, 'store' | 'clock' | 'settings'>;
type StoreDeps = Pick<RunDeps, 'store'>;

export interface WebhookSettings {
  readonly url: string;
  readonly description: string;
  readonly events: readonly WebhookEventType[];
  readonly enabled: boolean;
}

export interface NewWebhook extends WebhookSettings {
  readonly idempotency?: IdempotencyClaim | undefined;
}

export interface CreatedWebhook {
  readonly webhook: Webhook;
  /** An earlier request with the same idempotency key made it. */
  readonly replayed: boolean;
}

/**
 * @throws RunError invalid_webhook_url, idempotency_key_reused, invalid_input where there are too many,
 * webhook_not_found where that of an earlier request is gone
 */
export async function createWebhook(
  deps: Deps & Pick<RunDeps, 'newId' | 'log'>,
  orgId: string,
  { idempotency, ...settings }: NewWebhook,
): Promise<CreatedWebhook> {
  checkWebhookUrl(settings.url, { allowsLoopback: deps.settings.webhooksToLoopback });
  for (let attempt = 1; ; attempt += 1) {
    const { runId: earlierId, remember } = await earlierRequest(deps, orgId, idempotency);
    if (earlierId !== undefined)
      return { webhook: await getWebhook(deps, orgId, earlierId), replayed: true };
    const webhook = await newWebhook(deps, orgId, settings);
    const put = { put: toItem(webhook), when: { absent: true } } as const;
    try {
      await deps.store.transact([put, ...remember(webhook.id)]);
      return { webhook, replayed: false };
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}

async function newWebhook(
  deps: Deps & Pick<RunDeps, 'newId'>,
  orgId: string,
  settings: WebhookSettings,
): Promise<Webhook> {
  if ((await listWebhooks(deps, orgId)).length >= maxWebhooks)
    throw invalidInput([{ field: 'url', message: `there are ${maxWebhooks} webhooks already` }]);
  return {
    ...settings,
    events: [...settings.events],
    id: deps.newId(),
    orgId,
    disabledReason: null,
    secrets: [newSecret()],
    createdAt: deps.clock.now(),
    version: 1,
  };
}

/** In the order in which they were made. */
export async function listWebhooks({ store }: StoreDeps, orgId: string): Promise<Webhook[]> {
  const pk = webhookPartition(orgId);
  const items = await store.query({ pk, ...webhookRange, order: 'ascending', limit: 1000 });
  return items.map(toWebhook);
}

export async function findWebhook({ store }: StoreDeps, orgId: string, webhookId: string) {
  const item = await store.get(webhookKey(orgId, webhookId));
  return item && toWebhook(item);
}

/** @throws RunError webhook_not_found */
export async function getWebhook(deps: StoreDeps, orgId: string, webhookId: string) {
  const webhook = await findWebhook(deps, orgId, webhookId);
  if (webhook === undefined) throw notFound(webhookId);
  return webhook;
}

/** One that is enabled again begins anew. @throws RunError webhook_not_found, invalid_webhook_url */
export async function updateWebhook(
  deps: Deps,
  orgId: string,
  webhookId: string,
  settings: { readonly [K in keyof WebhookSettings]?: WebhookSettings[K] | undefined },
): Promise<Webhook> {
  if (settings.url !== undefined)
    checkWebhookUrl(settings.url, { allowsLoopback: deps.settings.webhooksToLoopback });
  return changeWebhook(deps, orgId, webhookId, (webhook) => ({
    ...webhook,
    url: settings.url ?? webhook.url,
    description: settings.description ?? webhook.description,
    events: [...(settings.events ?? webhook.events)],
    enabled: settings.enabled ?? webhook.enabled,
    disabledReason: settings.enabled ? null : webhook.disabledReason,
  }));
}

/** @throws RunError webhook_not_found */
export const rotateWebhookSecret = (deps: Deps, orgId: string, webhookId: string) =>
  changeWebhook(deps, orgId, webhookId, (webhook) => ({
    ...webhook,
    secrets: rotated(webhook.secrets, deps.clock.now()),
  }));

/** Its deliveries stay as long as their runs do. @throws RunError webhook_not_found */
export async function deleteWebhook(deps: StoreDeps, orgId: string, webhookId: string) {
  await getWebhook(deps, orgId, webhookId);
  await deps.store.transact([{ delete: webhookKey(orgId, webhookId) }]);
}

/** @throws RunError webhook_not_found */
export async function changeWebhook(
  deps: StoreDeps,
  orgId: string,
  webhookId: string,
  change: (webhook: Webhook) => Webhook,
): Promise<Webhook> {
  for (let attempt = 1; ; attempt += 1) {
    const webhook = await getWebhook(deps, orgId, webhookId);
    const next = { ...change(webhook), version: webhook.version + 1 };
    const when = { equals: { version: webhook.version } };
    try {
      await deps.store.transact([{ put: toItem(next), when }]);
      return next;
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}

const notFound = (webhookId: string) =>
  new RunError('webhook_not_found', `There is no webhook ${webhookId}.`);

const toItem = (webhook: Webhook): Item => ({
  ...webhookKey(webhook.orgId, webhook.id),
  value: webhook,
});
const toWebhook = (item: Item): Webhook => Webhook.parse(item.value);
