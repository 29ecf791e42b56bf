import type { DialectDeps } from '#api/dialect-deps.ts';
import { sessionStanding } from '#core/session/session-standing.ts';
import type { SessionKey } from '#core/store/keys.ts';
import { toWireError } from '../runs/run-failure.ts';
import { hasPaused, isLive, type WireRun } from '../runs/wire-run.ts';
import { toInterrupt } from '../state/interrupts.ts';
import { threadValues } from './thread-values.ts';
import { pausedRun } from './views.ts';

/** What whoever waits for a run is told in the end: failures too, as the original does, with 200. */
export async function outcomeOf(
  deps: DialectDeps,
  thread: SessionKey,
  wire: WireRun,
): Promise<Record<string, unknown>> {
  const { run } = wire;
  if (isLive(wire))
    return failed('TimeoutError', 'The run has not ended yet, and goes on: join it again.');
  if (run.status === 'FAILED' && !hasPaused(wire)) return { __error__: toWireError(run.error) };
  const standing = await sessionStanding(deps, thread);
  const values = await threadValues(deps, thread, standing);
  const paused = pausedRun(standing);
  return {
    ...values,
    ...(paused?.pendingApproval && paused.id === run.id
      ? { __interrupt__: [toInterrupt(paused.pendingApproval)] }
      : {}),
  };
}

export const failed = (error: string, message: string) => ({ __error__: { error, message } });
