import * as z from 'zod';
import type { Clock } from '../run/deps.ts';
import { RunError } from '../run/run-error.ts';
import type { RunTally } from '../run/run-tally.ts';
import { type ItemStore, TransactionConflict, type Write } from '../store/item-store.ts';
import { submitRateKey } from '../store/keys.ts';
import { queueControl } from '../tenant/tenant-settings.ts';

interface Deps {
  readonly store: ItemStore;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly tally: RunTally;
}

const minuteMs = 60_000;
const maxAttempts = 50;
const queueFullSeconds = 5;

/**
 * Lets a submission in where the tenant's limits allow it. Without limits it costs nothing; that of
 * queued runs is as exact as the tally.
 * @throws RunError rate_limited, queue_full, with the seconds after which to try again
 */
export async function admitRun(deps: Deps, orgId: string): Promise<void> {
  const { limits } = await queueControl(deps, orgId);
  if (limits.queued !== undefined) await checkQueued(deps, orgId, limits.queued);
  if (limits.submitsPerMinute !== undefined)
    await countSubmission(deps, orgId, limits.submitsPerMinute);
}

async function checkQueued({ tally }: Deps, orgId: string, limit: number): Promise<void> {
  if ((await tally.count({ orgId, statuses: ['QUEUED'] })) < limit) return;
  throw new RunError('queue_full', `${limit} runs are queued, and no more may be.`, {
    retryAfterSeconds: queueFullSeconds,
  });
}

const SubmitRate = z.object({ count: z.number() });

/** One more in this minute. What is refused later on has been counted all the same. */
async function countSubmission(deps: Deps, orgId: string, limit: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const write = await nextCount(deps, orgId, limit);
    try {
      return await deps.store.transact([write]);
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
      await deps.clock.sleep(Math.random() * 5 * attempt);
    }
  }
}

/** @throws RunError rate_limited */
async function nextCount({ store, clock }: Deps, orgId: string, limit: number): Promise<Write> {
  const now = clock.now();
  const minute = Math.floor(now / minuteMs);
  const ends = (minute + 1) * minuteMs;
  const key = submitRateKey(orgId, minute);
  const item = await store.get(key);
  const count = item ? SubmitRate.parse(item.value).count : 0;
  if (count >= limit)
    throw new RunError('rate_limited', `${limit} submissions a minute are allowed.`, {
      retryAfterSeconds: Math.ceil((ends - now) / 1000),
    });
  const put = { ...key, value: { count: count + 1 }, expiresAt: ends + minuteMs };
  return { put, when: item ? { equals: { count } } : { absent: true } };
}
