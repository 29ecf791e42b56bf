import * as z from 'zod';
import type { Write } from '../store/item-store.ts';
import {
  runIdOfWaiting,
  runKey,
  slotKey,
  slotOf,
  slotPartition,
  waitingPartition,
} from '../store/keys.ts';
import { queueControl } from '../tenant/tenant-settings.ts';
import type { RunDeps } from './deps.ts';
import type { Run, RunIn } from './run.ts';
import { RunPriority } from './run-priority.ts';
import { ringFor } from './run-queue.ts';
import { toRun } from './run-repository.ts';

/*
 * A tenant has a fixed number of slots, each an item that carries the id of the run that holds it:
 * taken on condition that it is free, released on condition that it is still that run's. The last
 * of them are reserved: runs of low priority never take those, so that whatever a person waits for
 * finds a slot beside a batch.
 */

/** A fifth of the slots, at least one, but never the only one. */
const reservedOf = (slots: number) => Math.min(slots - 1, Math.max(1, Math.floor(slots / 5)));

type Deps = Pick<RunDeps, 'store' | 'clock' | 'settings'>;

/** How many slots the tenant has, and how many of them are reserved. */
export async function slotCounts(deps: Deps, orgId: string) {
  const { limits } = await queueControl(deps, orgId);
  const limit = limits.running ?? deps.settings.slotsPerTenant;
  return { limit, reserved: reservedOf(limit) };
}

export interface FreeSlots {
  /** For any run. */
  readonly common: readonly number[];
  /** For runs of normal and high priority, once no common one is free. */
  readonly reserved: readonly number[];
}

export async function freeSlots(deps: Deps, orgId: string): Promise<FreeSlots> {
  const { limit, reserved } = await slotCounts(deps, orgId);
  const taken = await deps.store.queryKeys({
    pk: slotPartition(orgId),
    order: 'ascending',
    limit,
  });
  const held = new Set(taken.map(slotOf));
  const free = Array.from({ length: limit }, (_, slot) => slot).filter((slot) => !held.has(slot));
  const isCommon = (slot: number) => slot < limit - reserved;
  return { common: free.filter(isCommon), reserved: free.filter((slot) => !isCommon(slot)) };
}

/** Any free slot, chosen at random: dispatchers that run at once seldom want the same one. */
export function chooseSlot({ common, reserved }: FreeSlots, priority: RunPriority) {
  const choice = common.length > 0 || priority === 'low' ? common : reserved;
  return choice[Math.floor(Math.random() * choice.length)];
}

export const takeSlot = ({ orgId, id: runId, priority }: Run, slot: number): Write => ({
  put: { ...slotKey(orgId, slot), value: { runId, priority } },
  when: { absent: true },
});

export const releaseSlot = (orgId: string, slot: number, runId: string): Write => ({
  delete: slotKey(orgId, slot),
  when: { equals: { runId } },
});

const Slot = z.object({ priority: RunPriority.default('normal') });

/** How many slots are held by runs of each priority. */
export async function heldBy({ store }: Pick<RunDeps, 'store'>, orgId: string) {
  const items = await store.query({
    pk: slotPartition(orgId),
    order: 'ascending',
    limit: Number.MAX_SAFE_INTEGER,
  });
  const held = { low: 0, normal: 0, high: 0 };
  for (const { value } of items) held[Slot.parse(value).priority] += 1;
  return held;
}

/** Read beyond what is needed: the index may still show runs that wait no more. */
const spareKeys = 10;

/**
 * Rings for as many of the runs that wait for a slot as there are free ones for them: high priority
 * first, then the oldest. Whether they still wait is read from the runs: an index that lags would
 * make a ring answer a ring for ever.
 */
export async function ringWaiting(deps: Deps & Pick<RunDeps, 'queue'>, orgId: string) {
  const { limit } = await slotCounts(deps, orgId);
  const waiting = await deps.store.queryKeys({
    index: 'waiting',
    pk: waitingPartition(orgId),
    order: 'ascending',
    limit: limit + spareKeys,
  });
  if (waiting.length === 0) return;
  const { common, reserved } = await freeSlots(deps, orgId);
  const free = common.length + reserved.length;
  if (free === 0) return;
  const keys = waiting
    .slice(0, free + spareKeys)
    .map((key) => runKey({ orgId, runId: runIdOfWaiting(key) }));
  const runs = (await deps.store.getMany(keys)).map(toRun).filter(waits);
  const next = runs
    .slice(0, free)
    .filter(({ priority }, i) => priority !== 'low' || i < common.length);
  if (next.length > 0) await deps.queue.send(next.map(ringFor));
}

const waits = (run: Run | undefined): run is RunIn<'QUEUED'> =>
  run?.status === 'QUEUED' && run.waitsForSlot;
