import { moveHead, releaseDelayed, releaseTurn, runInTurn } from '../session/session.ts';
import type { Write } from '../store/item-store.ts';
import type { StoredValue } from '../store/stored-value.ts';
import type { RunDeps, RunSettings } from './deps.ts';
import {
  type EndedRun,
  type LiveRun,
  lastCheckpoint,
  type Run,
  type RunFailure,
  type RunIn,
} from './run.ts';
import type { RunChange } from './run-repository.ts';
import { releaseSlot, ringWaiting } from './slots.ts';

interface Moment {
  readonly now: number;
  readonly settings: RunSettings;
}

/** The answer is there: the session goes on from this run's last checkpoint. */
export function completed(run: RunIn<'RUNNING'>, output: StoredValue, at: Moment): RunChange {
  const checkpoint = { runId: run.id, step: run.step };
  return {
    run: { ...endedBase(run, at), status: 'COMPLETED', output },
    events: [{ type: 'run.completed', data: {} }],
    writes: [...release(run), ...(run.aside ? [] : [moveHead(run, checkpoint, at.now)])],
  };
}

/** @param executionOpen whether the execution does not hear of it from its own segment */
export function failed(
  run: LiveRun,
  error: RunFailure,
  executionOpen: boolean,
  at: Moment,
): RunChange {
  return {
    run: {
      ...endedBase(run, at),
      status: 'FAILED',
      error,
      executionOpen,
      wakeAt: at.now,
      kept: keepsSteps(run) && run.step > 0,
    },
    events: [{ type: 'run.failed', data: error }],
    writes: [...release(run), ...keep(run, keepsSteps(run), at)],
  };
}

export interface CancelOptions {
  /** Whether the session goes on from what the run has done. @default - as it was submitted */
  readonly keeps?: boolean | undefined;
  /** Whether the run is to be gone. @default false */
  readonly deletes?: boolean | undefined;
}

/**
 * Cancels a live run. One that a segment holds keeps slot and turn until the segment has noticed or
 * its lease ends: two runs of a session never work at the same time.
 */
export function cancelled(
  run: LiveRun,
  reason: string,
  at: Moment,
  { keeps = keepsSteps(run), deletes = false }: CancelOptions = {},
): RunChange {
  const leased = run.status === 'RUNNING' && run.lease !== null && run.lease.until > at.now;
  const executionOpen = run.status !== 'QUEUED';
  return {
    run: {
      ...endedBase(run, at),
      ...(deletes ? gone(at.now, 'with-steps') : {}),
      status: 'CANCELLED',
      reason,
      kept: keeps && run.step > 0,
      slot: leased ? run.slot : null,
      executionOpen,
      wakeAt: leased && run.lease ? run.lease.until : at.now,
    },
    events: [{ type: 'run.cancelled', data: { reason } }],
    writes: [...(leased ? [] : release(run)), ...keep(run, keeps, at)],
  };
}

/** Whoever still works for it has noticed by then. */
const deletionSeconds = 60;

/** A run that is hidden at once, and absent for everybody soon. */
export const gone = (now: number, deleted: 'alone' | 'with-steps') => ({
  deleted,
  expiresAt: now + deletionSeconds * 1000,
});

/** Whether somebody works for an ended run, or has to end what did. */
export const isHeld = (run: EndedRun) =>
  (run.status === 'CANCELLED' && run.slot !== null) ||
  (run.status !== 'COMPLETED' && run.executionOpen);

const keepsSteps = (run: Run) => run.keepsSteps ?? false;

function keep(run: LiveRun, keeps: boolean, { now }: Moment): Write[] {
  const checkpoint = lastCheckpoint(run);
  return keeps && run.step > 0 && checkpoint ? [moveHead(run, checkpoint, now)] : [];
}

/** What a cancelled run still holds, once nobody works for it any more. */
export const releaseCancelled = (run: RunIn<'CANCELLED'>): RunChange => ({
  run: { ...run, slot: null, wakeAt: 0 },
  writes: run.slot === null ? [] : [...held(run, run.slot)],
});

/** Rings for whoever may run now that the run has given back its slot and its turn. */
export async function ringNext(
  deps: Pick<RunDeps, 'store' | 'clock' | 'settings' | 'queue'>,
  run: Run,
): Promise<void> {
  const next = await runInTurn(deps.store, run);
  if (next !== undefined && next !== run.id)
    await deps.queue.send([{ orgId: run.orgId, runId: next }]);
  await ringWaiting(deps, run.orgId);
}

const endedBase = (run: LiveRun, { now, settings }: Moment) => ({
  ...run,
  startedAt: run.status === 'QUEUED' ? null : run.startedAt,
  completedAt: now,
  expiresAt: now + settings.retentionSeconds * 1000,
});

function release(run: LiveRun): Write[] {
  if (run.status !== 'QUEUED') return held(run, run.slot);
  return [
    run.startAt === undefined ? releaseTurn(run, run.turn, run.id) : releaseDelayed(run, run.id),
  ];
}

const held = (run: Run, slot: number): Write[] => [
  releaseSlot(run.orgId, slot, run.id),
  releaseTurn(run, run.turn, run.id),
];
