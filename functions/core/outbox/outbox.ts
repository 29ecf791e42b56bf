import type { Run } from '../run/run.ts';
import type { Item, ItemStore, Write } from '../store/item-store.ts';
import { dueIndexKey, outboxKey } from '../store/keys.ts';
import { type RunBus, RunStatusChanged } from './run-bus.ts';

/*
 * What the world is told is written with the change itself and deleted once it was told: a crash in
 * between tells it twice, never not at all. The store's stream rings for it, the sweeper makes sure.
 */

interface Settings {
  readonly announces: boolean;
  readonly wakeSeconds: number;
}

/** The row that announces a change of status; none where nobody listens. */
export function announce(
  settings: Settings,
  previousStatus: Run['status'] | null,
  run: Run,
  at: number,
): Write[] {
  if (!settings.announces || previousStatus === run.status) return [];
  const { id: runId, orgId, userId, agentId, sessionId, status, lastSeq: seq } = run;
  const errorCode = run.status === 'FAILED' ? { errorCode: run.error.code } : {};
  const value: RunStatusChanged = {
    ...{ runId, orgId, userId, agentId, sessionId, seq, at, previousStatus, status },
    ...errorCode,
  };
  const due = dueIndexKey(runId, at + settings.wakeSeconds * 1000, `#${seq}`);
  return [{ put: { ...outboxKey({ orgId, runId }, seq), value, indexes: { due } } }];
}

/**
 * Publishes rows and deletes those that were taken.
 * @returns the rows that were not, worth another try
 */
export async function publishOutbox(
  deps: { readonly store: ItemStore; readonly bus: RunBus },
  rows: readonly Pick<Item, 'value'>[],
): Promise<readonly RunStatusChanged[]> {
  if (rows.length === 0) return [];
  const changes = rows.map(({ value }) => RunStatusChanged.parse(value));
  const left = await deps.bus.publish(changes);
  const told = changes.filter((change) => !left.includes(change));
  if (told.length > 0)
    await deps.store.transact(told.map((change) => ({ delete: outboxKey(change, change.seq) })));
  return left;
}
