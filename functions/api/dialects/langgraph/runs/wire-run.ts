import type { DialectDeps } from '#api/dialect-deps.ts';
import { isDeleted, type Run } from '#core/run/run.ts';
import { findLeg, type RunLeg } from '#core/run/run-leg.ts';
import { findRun } from '#core/run/run-repository.ts';
import type { SessionKey } from '#core/store/keys.ts';
import type { RunStatusName } from './contract.ts';

/** A run as LangGraph has it: one of ours, from one of its pauses to the next. */
export interface WireRun {
  readonly id: string;
  readonly run: Run;
  /** Where an answer has begun it. */
  readonly leg: RunLeg | undefined;
}

export const firstLeg = (run: Run): WireRun => ({ id: run.id, run, leg: undefined });

/** How many decisions came before it. */
export const pausesBefore = ({ leg }: WireRun) => leg?.afterPause ?? 0;

export async function findWireRun(
  deps: DialectDeps,
  thread: SessionKey,
  id: string,
): Promise<WireRun | undefined> {
  const { orgId, sessionId } = thread;
  const run = await findRun(deps, { orgId, runId: id });
  if (run) return run.sessionId === sessionId && !isDeleted(run) ? firstLeg(run) : undefined;
  const leg = await findLeg(deps.store, thread, id);
  const of = leg && (await findRun(deps, { orgId, runId: leg.runId }));
  return leg && of && !isDeleted(of) ? { id, run: of, leg } : undefined;
}

/** One that asks a person something has done what it could: its thread is what is interrupted. */
export const hasPaused = (wire: WireRun) => wire.run.pauses > pausesBefore(wire);

export function statusOf(wire: WireRun): RunStatusName {
  if (hasPaused(wire)) return 'success';
  const { run } = wire;
  switch (run.status) {
    case 'QUEUED':
      return 'pending';
    case 'RUNNING':
      return 'running';
    case 'PAUSED':
    case 'COMPLETED':
      return 'success';
    case 'FAILED':
      return run.error.code === 'timeout' ? 'timeout' : 'error';
    case 'CANCELLED':
      return 'interrupted';
  }
}

export const isLive = (wire: WireRun) => ['pending', 'running'].includes(statusOf(wire));
