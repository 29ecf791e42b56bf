import type { RunDeps } from '../run/deps.ts';
import { getRun } from '../run/run-repository.ts';
import { TransactionConflict } from '../store/item-store.ts';
import { deliveryRange, type RunKey, runPartition, webhookIndexKey } from '../store/keys.ts';
import { pageIndex } from '../store/page-index.ts';
import {
  Delivery,
  deliveryNotFound,
  findDelivery,
  parseDeliveryId,
  replaceDelivery,
  ringOf,
  runItself,
} from './delivery.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { getWebhook } from './webhook.ts';

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log'>;

export interface ListDeliveriesQuery {
  readonly orgId: string;
  readonly webhookId: string;
  /** @default - all */
  readonly state?: Delivery['state'] | undefined;
  readonly limit: number;
  /** From the page before. */
  readonly cursor?: string | undefined;
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** `undefined` on the last page. */
  readonly cursor: string | undefined;
}

const maxAttempts = 10;
const place = /^\d{15}#[0-9a-f-]{36}_\d{1,9}_[0-9a-f-]{36}$/;

/** To a webhook, the newest event first. @throws RunError webhook_not_found, invalid_input */
export async function listDeliveries(
  deps: Deps,
  { orgId, webhookId, state, limit, cursor }: ListDeliveriesQuery,
): Promise<DeliveryPage> {
  await getWebhook(deps, orgId, webhookId);
  const { pk } = webhookIndexKey(orgId, webhookId, 0, '');
  const page = { index: 'tenant', pk, place, limit, cursor } as const;
  const { entries, ...next } = await pageIndex(deps.store, page, (items) =>
    items
      .map(({ value }) => Delivery.parse(value))
      .map((delivery) => ((state ?? delivery.state) === delivery.state ? delivery : undefined)),
  );
  return { deliveries: entries, ...next };
}

/** To the run's own webhook, the oldest event first. @throws RunError run_not_found */
export async function listRunDeliveries(deps: Deps, run: RunKey): Promise<Delivery[]> {
  await getRun(deps, run);
  const pk = runPartition(run);
  const items = await deps.store.query({ pk, ...deliveryRange, order: 'ascending', limit: 1000 });
  return items
    .map(({ value }) => Delivery.parse(value))
    .filter(({ receiver }) => receiver === runItself);
}

/** @throws RunError delivery_not_found */
export async function getDelivery(deps: Deps, orgId: string, id: string): Promise<Delivery> {
  const delivery = await findDelivery(deps, parseDeliveryId(orgId, id));
  if (delivery === undefined) throw deliveryNotFound(id);
  return delivery;
}

/** Tries again at once, with all attempts before it, whatever came of them. @throws as `getDelivery` */
export async function redeliver(
  deps: Deps & { readonly deliveries: DeliveryQueue },
  orgId: string,
  id: string,
): Promise<Delivery> {
  for (let attempt = 1; ; attempt += 1) {
    const { reason: _, ...found } = await getDelivery(deps, orgId, id);
    const now = deps.clock.now();
    const asked: Delivery = { ...found, state: 'pending', tries: 0, nextAttemptAt: now };
    try {
      await deps.store.transact([replaceDelivery(found, asked)]);
      await deps.deliveries.send([ringOf(asked, now)]);
      return asked;
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}
