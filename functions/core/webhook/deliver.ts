import type { RunDeps } from '../run/deps.ts';
import type { Run } from '../run/run.ts';
import { toRun } from '../run/run-repository.ts';
import { TransactionConflict } from '../store/item-store.ts';
import { deliveryRange, runKey, runPartition } from '../store/keys.ts';
import {
  Delivery,
  type DeliveryAttempt,
  deliveryId,
  findDelivery,
  replaceDelivery,
  ringOf,
  runItself,
} from './delivery.ts';
import { type DeliveryKey, type DeliveryQueue, longestDelayMs } from './delivery-queue.ts';
import { retryDelayMs } from './retry-delay.ts';
import { signingSecrets } from './signing-secret.ts';
import { changeWebhook, findWebhook } from './webhook.ts';
import type { WebhookEventType } from './webhook-event.ts';
import type { WebhookPost } from './webhook-post.ts';
import { activeSecrets, signedHeaders, type WebhookSecret } from './webhook-secret.ts';

/** What a receiver is told of. */
export interface ToldEvent {
  /** The same for every attempt. */
  readonly id: string;
  readonly type: WebhookEventType;
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
  /** Who is told: a webhook's id, or `run`. */
  readonly receiver: string;
}

/** What is said of a run in the words of a dialect: plain JSON. */
export type WebhookBody = (run: Run, dialect: string, event: ToldEvent) => Promise<unknown>;

export interface DeliverDeps extends Pick<RunDeps, 'store' | 'clock' | 'log'> {
  readonly deliveries: DeliveryQueue;
  readonly post: WebhookPost;
  readonly webhookBody: WebhookBody;
}

/** Longer than an attempt may take. */
const leaseMs = 30_000;
/** Clocks differ, and a message may come a little early. */
const earlyMs = 1_000;
const attemptsKept = 50;
const gone = 410;

/**
 * Makes one attempt where one is due. Of several who try at the same time one does; if that one
 * dies, the attempt is made again once its time is over.
 */
export async function deliver(
  deps: DeliverDeps,
  key: DeliveryKey,
  signal: AbortSignal,
): Promise<void> {
  const delivery = await claim(deps, key);
  if (delivery === undefined) return;
  const target = await targetOf(deps, delivery);
  if (typeof target === 'string') {
    await settle(deps, delivery, { ...delivery, state: 'failed', reason: target });
    return;
  }
  const attempt = await attemptAt(deps, delivery, target, signal);
  const attempts = [...delivery.attempts, attempt].slice(-attemptsKept);
  const tried = { ...delivery, url: target.url, attempts, tries: delivery.tries + 1 };
  if (attempt.status === gone) await retire(deps, delivery);
  await settle(deps, delivery, outcome(deps, tried, attempt));
}

async function claim(deps: DeliverDeps, key: DeliveryKey): Promise<Delivery | undefined> {
  const found = await findDelivery(deps, key);
  const now = deps.clock.now();
  if (found?.state !== 'pending' || found.nextAttemptAt > now + earlyMs) return undefined;
  const claimed = { ...found, nextAttemptAt: now + leaseMs };
  const isOurs = await written(deps, found, claimed);
  return isOurs ? { ...claimed, version: found.version + 1 } : undefined;
}

interface Target {
  readonly run: Run;
  readonly url: string;
  readonly secrets: readonly WebhookSecret[];
}

/** @returns a reason where nobody is there to be told */
async function targetOf(deps: DeliverDeps, delivery: Delivery): Promise<Target | string> {
  const { orgId, runId, receiver } = delivery;
  // Also one that no reader sees any more: it is kept until all of this is settled.
  const run = toRun(await deps.store.get(runKey({ orgId, runId })));
  if (run === undefined) return 'The run has expired.';
  if (receiver === runItself) {
    if (await isRetired(deps, delivery)) return 'The receiver has answered 410 before.';
    return { run, url: delivery.url, secrets: await signingSecrets(deps, orgId) };
  }
  const webhook = await findWebhook(deps, orgId, receiver);
  if (webhook === undefined) return 'The webhook was deleted.';
  if (!webhook.enabled) return 'The webhook is disabled.';
  return { run, url: webhook.url, secrets: webhook.secrets };
}

async function attemptAt(
  deps: DeliverDeps,
  delivery: Delivery,
  { run, url, secrets }: Target,
  signal: AbortSignal,
): Promise<DeliveryAttempt> {
  const at = deps.clock.now();
  const { type, dialect, receiver } = delivery;
  const id = deliveryId(delivery);
  const body = await bodyOf(deps, run, dialect, { id, type, at: delivery.at, receiver });
  if (body === undefined) return { at, durationMs: 0, error: 'The body could not be made' };
  const headers = {
    'content-type': 'application/json',
    ...signedHeaders({ id, at, body }, activeSecrets(secrets, at)),
  };
  const answer = await deps.post({ url, headers, body, signal });
  return { at, durationMs: deps.clock.now() - at, ...answer };
}

/** A bug in one body is no reason to try for ever. */
async function bodyOf(
  { log, webhookBody }: DeliverDeps,
  ...told: Parameters<WebhookBody>
): Promise<string | undefined> {
  try {
    return JSON.stringify(await webhookBody(...told));
  } catch (error) {
    log('error', 'webhook body failed', { runId: told[0].id, error: `${error}` });
    return undefined;
  }
}

function outcome(deps: DeliverDeps, tried: Delivery, { status = 0 }: DeliveryAttempt): Delivery {
  if (status >= 200 && status < 300) return { ...tried, state: 'delivered' };
  const delayMs = status === gone ? undefined : retryDelayMs(tried.tries);
  if (delayMs === undefined) return { ...tried, state: 'failed' };
  return { ...tried, nextAttemptAt: deps.clock.now() + delayMs };
}

async function settle(deps: DeliverDeps, from: Delivery, to: Delivery): Promise<void> {
  // Whoever took it over, because this one seemed dead, goes on with it.
  if (!(await written(deps, from, to))) return;
  const { orgId, runId, receiver, state } = to;
  if (state === 'failed') deps.log('warn', 'webhook not delivered', { orgId, runId, receiver });
  const ring = ringOf(to, deps.clock.now());
  if (state === 'pending' && ring.delayMs <= longestDelayMs) await deps.deliveries.send([ring]);
}

async function written(
  deps: Pick<DeliverDeps, 'store'>,
  from: Delivery,
  to: Delivery,
): Promise<boolean> {
  try {
    await deps.store.transact([replaceDelivery(from, to)]);
    return true;
  } catch (error) {
    if (error instanceof TransactionConflict) return false;
    throw error;
  }
}

/** The receiver wants to hear nothing more. Of a run's own webhook its deliveries remember that. */
async function retire(deps: DeliverDeps, { orgId, receiver }: Delivery): Promise<void> {
  if (receiver === runItself) return;
  await changeWebhook(deps, orgId, receiver, (webhook) => ({
    ...webhook,
    enabled: false,
    disabledReason: 'The receiver answered 410 Gone.',
  }));
}

async function isRetired({ store }: DeliverDeps, delivery: Delivery): Promise<boolean> {
  const pk = runPartition(delivery);
  const items = await store.query({ pk, ...deliveryRange, order: 'ascending', limit: 1000 });
  return items
    .map(({ value }) => Delivery.parse(value))
    .some(
      ({ receiver, seq, attempts }) =>
        receiver === runItself && seq !== delivery.seq && attempts.at(-1)?.status === gone,
    );
}
