import type { RunDeps } from '../run/deps.ts';
import { RunPriority } from '../run/run-priority.ts';
import type { RunTally } from '../run/run-tally.ts';
import { heldBy, slotCounts } from '../run/slots.ts';
import { heldPartition, waitingPartition, waitingRange } from '../store/keys.ts';
import { type QueueControl, readQueueControl } from '../tenant/tenant-settings.ts';

const statuses = ['QUEUED', 'RUNNING', 'PAUSED'] as const;
/** More than this is as good as this. */
const mostCounted = 1000;

export type CountByPriority = Readonly<Record<RunPriority, number>>;

/** What a tenant's queue looks like at present. */
export interface QueueState {
  readonly control: QueueControl;
  /** As the tally has it. */
  readonly runs: Readonly<Record<(typeof statuses)[number], number>>;
  readonly slots: { readonly limit: number; readonly reserved: number };
  /** Slots that are held, by the priority of their runs. */
  readonly held: CountByPriority;
  /** Queued runs that found no slot, each counted to 1,000. */
  readonly waiting: CountByPriority;
  /** Queued runs of what is paused, counted to 1,000. */
  readonly paused: number;
}

type Deps = Pick<RunDeps, 'store' | 'clock' | 'settings'> & { readonly tally: RunTally };

export async function queueState(deps: Deps, orgId: string): Promise<QueueState> {
  const [control, slots, counts, held, waiting, paused] = await Promise.all([
    readQueueControl(deps, orgId),
    slotCounts(deps, orgId),
    Promise.all(statuses.map((status) => deps.tally.count({ orgId, statuses: [status] }))),
    heldBy(deps, orgId),
    byPriority((priority) => countKeys(deps, waitingPartition(orgId), waitingRange(priority))),
    countKeys(deps, heldPartition(orgId)),
  ]);
  const [QUEUED = 0, RUNNING = 0, PAUSED = 0] = counts;
  const runs = { QUEUED, RUNNING, PAUSED };
  return { control, runs, slots, held, waiting, paused };
}

/** Queued runs of this priority that found no slot, counted to `limit`. */
export const countWaiting = (
  deps: Pick<RunDeps, 'store'>,
  orgId: string,
  priority: RunPriority,
  limit: number,
) => countKeys(deps, waitingPartition(orgId), waitingRange(priority), limit);

async function countKeys(
  { store }: Pick<RunDeps, 'store'>,
  pk: string,
  range: { readonly after?: string; readonly before?: string } = {},
  limit = mostCounted,
): Promise<number> {
  const keys = await store.queryKeys({ index: 'waiting', pk, ...range, order: 'ascending', limit });
  return keys.length;
}

async function byPriority(count: (priority: RunPriority) => Promise<number>) {
  const [low = 0, normal = 0, high = 0] = await Promise.all(RunPriority.options.map(count));
  return { low, normal, high };
}
