import { findPause } from '#core/approval/approval.ts';
import { aPausedRun } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { eventually } from '../../conformance/eventually.ts';
import type { Run } from '../../conformance/runs.ts';
import { type Deps, keyOfRun } from './deployment.ts';

/** Of the wait behind a run's first pause, as it was registered last. */
export async function tokenOf({ store }: Pick<Deps, 'store'>, run: Run) {
  return (await findPause(store, keyOfRun(run), 1))?.taskToken ?? undefined;
}

/** A paused run whose wait is registered: a decision is sent to it, and not found by it. */
export async function aWaitingRun(deps: Pick<Deps, 'store'>) {
  const run = await aPausedRun(us);
  const token = await eventually('the wait is registered', () => tokenOf(deps, run));
  return { run, token };
}
