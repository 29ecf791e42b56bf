import * as z from 'zod';
import type { RunDeps } from '../run/deps.ts';
import { RunError } from '../run/run-error.ts';
import type { Item, Write } from '../store/item-store.ts';
import { deliveryKey, dueIndexKey, webhookIndexKey } from '../store/keys.ts';
import type { DeliveryKey, DeliveryRing } from './delivery-queue.ts';
import { WebhookEventType } from './webhook-event.ts';

/** The run's own webhook, among the receivers of its events. */
export const runItself = 'run';

export const DeliveryState = z.enum(['pending', 'delivered', 'failed']);

export const DeliveryAttempt = z.object({
  /** Epoch milliseconds. */
  at: z.number(),
  durationMs: z.number(),
  /** Of the answer. */
  status: z.number().optional(),
  /** Why there is none. */
  error: z.string().optional(),
});
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

/** One event of a run for one receiver. */
export const Delivery = z.object({
  orgId: z.string(),
  runId: z.string(),
  /** Number of the event. */
  seq: z.number(),
  receiver: z.string(),
  type: WebhookEventType,
  url: z.string(),
  dialect: z.string(),
  /** When it happened, in epoch milliseconds. */
  at: z.number(),
  state: DeliveryState,
  /** Why there will be no further attempt, where it is not the last one that says so. */
  reason: z.string().optional(),
  attempts: z.array(DeliveryAttempt),
  /** Since it was last asked for. */
  tries: z.number(),
  /** Of a pending one; while an attempt is made, when that one counts as dead. */
  nextAttemptAt: z.number(),
  /** Raised by every write; each write is conditional on the one before. */
  version: z.number(),
});
export type Delivery = z.infer<typeof Delivery>;

/** The same for every attempt; what a receiver knows a repetition by. */
export const deliveryId = ({ runId, seq, receiver }: DeliveryKey) => `${runId}_${seq}_${receiver}`;

/** @throws RunError delivery_not_found */
export function parseDeliveryId(orgId: string, id: string): DeliveryKey {
  const [, runId, seq, receiver] = /^([0-9a-f-]{36})_(\d{1,9})_(run|[0-9a-f-]{36})$/.exec(id) ?? [];
  if (runId === undefined || receiver === undefined) throw deliveryNotFound(id);
  return { orgId, runId, seq: Number(seq), receiver };
}

export const deliveryNotFound = (id: string) =>
  new RunError('delivery_not_found', `There is no delivery ${id}.`);

export async function findDelivery(
  { store }: Pick<RunDeps, 'store'>,
  key: DeliveryKey,
): Promise<Delivery | undefined> {
  const item = await store.get(deliveryKey(key, key.seq, key.receiver));
  return item && Delivery.parse(item.value);
}

/** What is written instead of the delivery as it was read. */
export const replaceDelivery = (from: Delivery, to: Delivery): Write => ({
  put: toItem({ ...to, version: from.version + 1 }),
  when: { equals: { version: from.version } },
});

export const newDelivery = (delivery: Delivery): Write => ({ put: toItem(delivery) });

export const ringOf = (delivery: Delivery, now: number): DeliveryRing => ({
  orgId: delivery.orgId,
  runId: delivery.runId,
  seq: delivery.seq,
  receiver: delivery.receiver,
  lane: laneOf(delivery),
  delayMs: Math.max(0, delivery.nextAttemptAt - now),
});

/** A tenant's webhook; of the runs' own those that go to one place, whatever its query says. */
function laneOf({ orgId, receiver, url }: Delivery): string {
  if (receiver !== runItself || !URL.canParse(url)) return `${orgId} ${receiver}`;
  const { host, pathname } = new URL(url);
  return `${orgId} ${receiver} ${host}${pathname}`;
}

/** A message is on its way for what is due soon: the sweeper leaves it that much time. */
const graceMs = 60_000;

function toItem(delivery: Delivery): Item {
  const { orgId, runId, seq, receiver, at, state, nextAttemptAt } = delivery;
  const id = deliveryId(delivery);
  const due = dueIndexKey(runId, nextAttemptAt + graceMs, `#${seq}#${receiver}`);
  const ofWebhook = { tenant: webhookIndexKey(orgId, receiver, at, id) };
  return {
    ...deliveryKey(delivery, seq, receiver),
    value: delivery,
    indexes: {
      ...(receiver === runItself ? {} : ofWebhook),
      ...(state === 'pending' ? { due } : {}),
    },
  };
}
