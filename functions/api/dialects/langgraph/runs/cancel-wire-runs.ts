import { ApiError } from '#api/api-error.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { deleteRun } from '#core/run/delete-run.ts';
import { listRuns } from '#core/run/list-runs.ts';
import type { Run, RunStatus } from '#core/run/run.ts';
import { RunError } from '#core/run/run-error.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { findWireRun, isLive, type WireRun } from './wire-run.ts';

export type CancelAction = 'interrupt' | 'rollback';

export const noRuns = () => new ApiError('route_not_found', 'No runs found to cancel.');

const notCancellable = () =>
  new ApiError(
    'route_not_found',
    'No matching runs to cancel. They may have ended, or been cancelled, already.',
  );

/** @throws ApiError where it has ended */
export async function cancelWireRun(
  deps: DialectDeps,
  wire: WireRun,
  action: CancelAction,
): Promise<void> {
  if (!isLive(wire) || !(await cancelled(deps, wire.run, action))) throw notCancellable();
}

/** @returns whether it had not ended before */
async function cancelled(deps: DialectDeps, run: Run, action: CancelAction): Promise<boolean> {
  try {
    if (action === 'rollback') await deleteRun(deps, keyOf(run));
    else await cancelRun(deps, keyOf(run), 'interrupt requested by its caller', { keeps: true });
    return true;
  } catch (error) {
    const isOver =
      error instanceof RunError && ['run_state_conflict', 'run_not_found'].includes(error.code);
    if (isOver) return false;
    throw error;
  }
}

export interface CancelSelection {
  readonly orgId: string;
  readonly threadId?: string | undefined;
  readonly runIds?: readonly string[] | undefined;
  readonly status?: 'pending' | 'running' | 'all' | undefined;
}

const statuses: Readonly<Record<NonNullable<CancelSelection['status']>, readonly RunStatus[]>> = {
  pending: ['QUEUED'],
  running: ['RUNNING'],
  all: ['QUEUED', 'RUNNING'],
};

/** @throws ApiError where there is none of them */
export async function cancelWireRuns(
  deps: DialectDeps,
  selection: CancelSelection,
  action: CancelAction,
): Promise<void> {
  let count = 0;
  for await (const run of chosen(deps, selection))
    count += Number(await cancelled(deps, run, action));
  if (count === 0) throw noRuns();
}

async function* chosen(
  deps: DialectDeps,
  { orgId, threadId, runIds, status = 'all' }: CancelSelection,
): AsyncGenerator<Run> {
  if (runIds && threadId) {
    for (const id of new Set(runIds)) {
      const wire = await findWireRun(deps, { orgId, sessionId: threadId }, id);
      if (wire && isLive(wire)) yield wire.run;
    }
    return;
  }
  for (let cursor: string | undefined; ; ) {
    const query = { orgId, sessionId: threadId, statuses: statuses[status], limit: 100, cursor };
    const page = await listRuns(deps, query);
    yield* page.runs;
    cursor = page.cursor;
    if (cursor === undefined) return;
  }
}
