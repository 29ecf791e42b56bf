import type { Consequence, Follower } from '../outbox/follower.ts';
import { isOfBatch, type RunOutboxEvent, timeOf } from '../outbox/outbox-event.ts';
import type { OutboxRow } from '../outbox/outbox-row.ts';
import { type Delivery, newDelivery, ringOf, runItself } from './delivery.ts';
import { listWebhooks, type Webhook } from './webhook.ts';
import { isOfRun, type WebhookEventType, webhookEventType } from './webhook-event.ts';

const ownDialect = 'longrun';

/** One delivery for each receiver that wants to know of the event. */
export const webhookDeliveries: Follower = (deps) => {
  const known = new Map<string, Promise<Webhook[]>>();
  const webhooksOf = (orgId: string) => {
    const found = known.get(orgId) ?? listWebhooks(deps, orgId);
    known.set(orgId, found);
    return found;
  };
  return async (row) => {
    const { event } = row;
    const type = webhookEventType(event);
    if (type === undefined || isOfBatch(event)) return undefined;
    const webhooks = await webhooksOf(event.orgId);
    const deliveries = receiversOf(row, type, webhooks).map((receiver) =>
      toDelivery(event, type, receiver, deps.clock.now()),
    );
    return deliveries.length > 0 ? toConsequence(deps, deliveries) : undefined;
  };
};

const toConsequence = (
  deps: Parameters<Follower>[0],
  deliveries: readonly Delivery[],
): Consequence => ({
  writes: deliveries.map(newDelivery),
  ring: () => deps.deliveries.send(deliveries.map((one) => ringOf(one, deps.clock.now()))),
});

type Receiver = Pick<Delivery, 'receiver' | 'url' | 'dialect'>;

function receiversOf(
  { webhook }: OutboxRow,
  type: WebhookEventType,
  webhooks: readonly Webhook[],
): Receiver[] {
  const tellsRun = webhook && isOfRun(type) && (webhook.events?.includes(type) ?? true);
  const own = tellsRun ? [{ url: webhook.url, dialect: webhook.dialect, receiver: runItself }] : [];
  const registered = webhooks
    .filter(({ enabled, events }) => enabled && events.includes(type))
    .map(({ id, url }) => ({ receiver: id, url, dialect: ownDialect }));
  return [...own, ...registered];
}

const toDelivery = (
  event: RunOutboxEvent,
  type: WebhookEventType,
  receiver: Receiver,
  now: number,
): Delivery => ({
  orgId: event.orgId,
  runId: event.runId,
  seq: event.seq,
  type,
  ...receiver,
  at: timeOf(event),
  state: 'pending',
  attempts: [],
  tries: 0,
  nextAttemptAt: now,
  version: 1,
});
