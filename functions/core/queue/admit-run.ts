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

/** What nobody waits for leaves a fifth of each limit to others, but may always have one. */
const sharedOf = (limit: number) => Math.max(1, limit - Math.max(1, Math.floor(limit / 5)));

async function limitsOf(deps: Deps, orgId: string, isShare: boolean) {
  const { queued, submitsPerMinute } = (await queueControl(deps, orgId)).limits;
  const part = (limit: number | undefined) =>
    limit === undefined || !isShare ? limit : sharedOf(limit);
  return { queued: part(queued), submitsPerMinute: part(submitsPerMinute) };
}

/**
 * Lets a submission in where the tenant's limits allow it. Without limits it costs nothing; that of
 * queued runs is as exact as the tally.
 * @param leavesRoom whether it leaves a fifth of them to others
 * @throws RunError rate_limited, queue_full, with the seconds after which to try again
 */
export async function admitRun(deps: Deps, orgId: string, leavesRoom = false): Promise<void> {
  const limits = await limitsOf(deps, orgId, leavesRoom);
  if (limits.queued !== undefined) await checkQueued(deps, orgId, limits.queued);
  if (limits.submitsPerMinute !== undefined)
    await countSubmission(deps, orgId, limits.submitsPerMinute);
}

/** How many submissions that leave room to others would be let in now, as exact as the tally. Counts none. */
export async function roomToSubmit(deps: Deps, orgId: string): Promise<number> {
  const { queued, submitsPerMinute } = await limitsOf(deps, orgId, true);
  const rooms = await Promise.all([
    queued === undefined ? Number.POSITIVE_INFINITY : queued - (await countQueued(deps, orgId)),
    submitsPerMinute === undefined
      ? Number.POSITIVE_INFINITY
      : submitsPerMinute - (await thisMinute(deps, orgId)).count,
  ]);
  return Math.max(0, Math.min(...rooms));
}

const countQueued = ({ tally }: Pick<Deps, 'tally'>, orgId: string) =>
  tally.count({ orgId, statuses: ['QUEUED'] });

async function checkQueued(deps: Deps, orgId: string, limit: number): Promise<void> {
  if ((await countQueued(deps, orgId)) < limit) return;
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

/** What has been counted in the minute that it is. */
async function thisMinute({ store, clock }: Deps, orgId: string) {
  const now = clock.now();
  const minute = Math.floor(now / minuteMs);
  const key = submitRateKey(orgId, minute);
  const item = await store.get(key);
  const count = item ? SubmitRate.parse(item.value).count : 0;
  return { key, now, ends: (minute + 1) * minuteMs, isNew: item === undefined, count };
}

/** @throws RunError rate_limited */
async function nextCount(deps: Deps, orgId: string, limit: number): Promise<Write> {
  const { key, now, ends, isNew, count } = await thisMinute(deps, orgId);
  if (count >= limit)
    throw new RunError('rate_limited', `${limit} submissions a minute are allowed.`, {
      retryAfterSeconds: Math.ceil((ends - now) / 1000),
    });
  const put = { ...key, value: { count: count + 1 }, expiresAt: ends + minuteMs };
  return { put, when: isNew ? { absent: true } : { equals: { count } } };
}
