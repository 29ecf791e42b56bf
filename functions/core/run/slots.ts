import type { Write } from '../store/item-store.ts';
import { slotKey, slotOf, slotPartition, waitingPartition } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';

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

/** Rings for as many of the runs that wait for a slot, oldest first, as there are free slots. */
export async function ringWaiting(
  deps: Pick<RunDeps, 'store' | 'settings' | 'queue'>,
  orgId: string,
): Promise<void> {
  const waiting = await deps.store.queryKeys({
    index: 'waiting',
    pk: waitingPartition(orgId),
    order: 'ascending',
    limit: deps.settings.slotsPerTenant,
  });
  if (waiting.length === 0) return;
  const free = await freeSlots(deps, orgId);
  const next = waiting.slice(0, free.length).map((key) => ({ orgId, runId: key.sk }));
  if (next.length > 0) await deps.queue.send(next);
}
