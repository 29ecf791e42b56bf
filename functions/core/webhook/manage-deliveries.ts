import type { RunDeps } from '../run/deps.ts';
import { invalidInput } from '../run/run-error.ts';
import { getRun } from '../run/run-repository.ts';
import { type Item, TransactionConflict } from '../store/item-store.ts';
import { deliveryRange, type RunKey, runPartition, webhookIndexKey } from '../store/keys.ts';
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

const itemsPerQuery = 100;
/** A page of a rare state ends short after this many queries, with a cursor to go on. */
const queriesPerPage = 10;
const maxAttempts = 10;

/** To a webhook, the newest event first. @throws RunError webhook_not_found, invalid_input */
export async function listDeliveries(
  deps: Deps,
  query: ListDeliveriesQuery,
): Promise<DeliveryPage> {
  const { orgId, webhookId, state, limit } = query;
  await getWebhook(deps, orgId, webhookId);
  const { pk } = webhookIndexKey(orgId, webhookId, 0, '');
  const deliveries: Delivery[] = [];
  let before = parseCursor(query.cursor);
  for (let asked = 0; asked < queriesPerPage; asked += 1) {
    const items = await deps.store.query({ ...newest, pk, ...(before ? { before } : {}) });
    for (const item of items) {
      before = item.indexes?.tenant?.sk;
      deliveries.push(...matching(item, state));
      if (deliveries.length === limit) return { deliveries, cursor: toCursor(before) };
    }
    if (items.length < itemsPerQuery) return { deliveries, cursor: undefined };
  }
  return { deliveries, cursor: toCursor(before) };
}

const newest = { index: 'tenant', order: 'descending', limit: itemsPerQuery } as const;

function matching({ value }: Item, state: Delivery['state'] | undefined): Delivery[] {
  const delivery = Delivery.parse(value);
  return (state ?? delivery.state) === delivery.state ? [delivery] : [];
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

/** A place in the index. */
const place = /^\d{15}#[0-9a-f-]{36}_\d{1,9}_[0-9a-f-]{36}$/;

const toCursor = (before: string | undefined) =>
  before === undefined ? undefined : Buffer.from(before).toString('base64url');

function parseCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!place.test(text))
    throw invalidInput([{ field: 'cursor', message: 'is not a cursor of this list' }]);
  return text;
}
