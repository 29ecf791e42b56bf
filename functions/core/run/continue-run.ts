import { findPause, replacePause } from '../approval/approval.ts';
import type { DecidedRun } from '../approval/decide-approval.ts';
import { sendDecision } from '../approval/send-decision.ts';
import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import type { RunKey } from '../store/keys.ts';
import type { Principal } from '../tenant/principal.ts';
import type { RunDeps } from './deps.ts';
import { resumedRun } from './resumed-run.ts';
import { beginLeg, changedByLeg, type NewLeg } from './run-leg.ts';
import { changeRun, stateConflict } from './run-repository.ts';

export interface ContinueRunCommand extends RunKey {
  readonly by: Principal;
  /** What follows, under an id of its own. */
  readonly leg: NewLeg;
  readonly idempotency: IdempotencyClaim | undefined;
}

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings' | 'workflow'>;

/**
 * Lets a run go on that stands at a breakpoint. Of several callers one is first.
 * @throws RunError run_not_found, idempotency_key_reused, run_state_conflict where it stands at none
 */
export async function continueRun(deps: Deps, command: ContinueRunCommand): Promise<DecidedRun> {
  const { leg, by, idempotency } = command;
  let earlierId: string | undefined;
  const run = await changeRun(deps, command, async (current) => {
    const earlier = await earlierRequest(deps, command.orgId, idempotency);
    earlierId = earlier.runId;
    if (earlierId !== undefined) return undefined;
    const pause = await findPause(deps.store, command, current.pauses);
    if (current.status !== 'PAUSED' || !current.breakpoint || !pause)
      throw stateConflict(current, `Run ${current.id} stands at no breakpoint.`);
    const at = deps.clock.now();
    const continued = { ...pause, continued: { by: by.name, at } };
    return {
      run: { ...resumedRun(deps.settings, current, at), ...changedByLeg(leg) },
      events: [{ type: 'run.resumed', data: {} }],
      writes: [
        replacePause(command, current.pauses, pause, continued),
        beginLeg(current, leg, at),
        ...earlier.remember(leg.id),
      ],
    };
  });
  await sendDecision(deps, run);
  return { run, replayed: earlierId !== undefined, legId: earlierId ?? leg.id };
}
