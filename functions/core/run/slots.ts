import type { Write } from '../store/item-store.ts';
import { runKey, slotKey, slotOf, slotPartition, waitingPartition } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import type { Run } from './run.ts';
import { toRun } from './run-repository.ts';

/*
 * A tenant has a fixed number of slots, each an item that carries the id of the run that holds it:
 * taken on condition that it is free, released on condition that it is still that run's.
 */

export async function freeSlots(
  deps: Pick<RunDeps, 'store' | 'settings'>,
  orgId: string,
): Promise<number[]> {
  const { slotsPerTenant } = deps.settings;
  const taken = await deps.store.queryKeys({
    pk: slotPartition(orgId),
    order: 'ascending',
    limit: slotsPerTenant,
  });
  const held = new Set(taken.map(slotOf));
  return Array.from({ length: slotsPerTenant }, (_, slot) => slot).filter(
    (slot) => !held.has(slot),
  );
}

/** Any free slot, chosen at random: dispatchers that run at once seldom want the same one. */
export const chooseSlot = (free: readonly number[]) =>
  free[Math.floor(Math.random() * free.length)];

export const takeSlot = (orgId: string, slot: number, runId: string): Write => ({
  put: { ...slotKey(orgId, slot), value: { runId } },
  when: { absent: true },
});

export const releaseSlot = (orgId: string, slot: number, runId: string): Write => ({
  delete: slotKey(orgId, slot),
  when: { equals: { runId } },
});

/** Read beyond what is needed: the index may still show runs that wait no more. */
const spareKeys = 10;

/**
 * Rings for as many of the runs that wait for a slot, oldest first, as there are free slots. Whether
 * they still wait is read from the runs: an index that lags would make a ring answer a ring for ever.
 */
export async function ringWaiting(
  deps: Pick<RunDeps, 'store' | 'settings' | 'queue'>,
  orgId: string,
): Promise<void> {
  const waiting = await deps.store.queryKeys({
    index: 'waiting',
    pk: waitingPartition(orgId),
    order: 'ascending',
    limit: deps.settings.slotsPerTenant + spareKeys,
  });
  if (waiting.length === 0) return;
  const free = await freeSlots(deps, orgId);
  if (free.length === 0) return;
  const keys = waiting.slice(0, free.length + spareKeys).map(({ sk }) => ({ orgId, runId: sk }));
  const runs = (await deps.store.getMany(keys.map(runKey))).map(toRun);
  const next = keys.filter((_, i) => waits(runs[i])).slice(0, free.length);
  if (next.length > 0) await deps.queue.send(next);
}

const waits = (run: Run | undefined) => run?.status === 'QUEUED' && run.waitsForSlot;
