import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import { retryRun } from './retry-run.ts';
import type { Run } from './run.ts';
import { RunError, type RunErrorCode } from './run-error.ts';
import { type EndedRunFilter, selectEndedRuns } from './select-ended-runs.ts';
import type { SubmitDeps } from './submit-run.ts';

export interface RetryRunsCommand extends EndedRunFilter {
  readonly principal: string;
  readonly principalUserId: string | undefined;
  /** All requests with this key retry a run once. @default - each does so again */
  readonly key?: string | undefined;
}

export interface RetriedRuns {
  /** Oldest first, each with the run that does it again. */
  readonly retried: { from: string; to: string }[];
  readonly skipped: { runId: string; reason: RunErrorCode }[];
  /** Where the rest of them begins; `undefined` where there is no more. */
  readonly cursor: string | undefined;
}

type Deps = SubmitDeps;

const atOnce = 10;

/** Does the chosen runs again, those of one session in the order in which they were submitted. */
export async function retryRuns(deps: Deps, command: RetryRunsCommand): Promise<RetriedRuns> {
  const { runs, cursor } = await selectEndedRuns(deps, command);
  const chosen: Run[] = [];
  for (const run of runs) if (!(await isOurs(deps, command, run))) chosen.push(run);
  const outcomes = new Map<string, { to: string } | { reason: RunErrorCode }>();
  const sessions = [...Map.groupBy(chosen.reverse(), ({ sessionId }) => sessionId).values()];
  await inParallel(sessions, async (session) => {
    for (const run of session) outcomes.set(run.id, await retryOne(deps, command, run));
  });
  const retried: RetriedRuns['retried'] = [];
  const skipped: RetriedRuns['skipped'] = [];
  for (const { id } of chosen) {
    const outcome = outcomes.get(id);
    if (outcome === undefined) continue;
    if ('to' in outcome) retried.push({ from: id, to: outcome.to });
    else skipped.push({ runId: id, reason: outcome.reason });
  }
  return { retried, skipped, cursor };
}

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const workers = Array.from({ length: atOnce }, async () => {
    for (const one of left) await work(one);
  });
  await Promise.all(workers);
}

async function retryOne(deps: Deps, command: RetryRunsCommand, { id }: Run) {
  const { orgId, principal, principalUserId, key } = command;
  try {
    const idempotency = claimOf(key, id);
    const { run } = await retryRun(deps, {
      orgId,
      runId: id,
      principal,
      principalUserId,
      idempotency,
    });
    return { to: run.id };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { reason: error.code };
  }
}

/** One that an earlier request with this key has made, and that has come to the same end. */
async function isOurs(deps: Deps, { orgId, key }: RetryRunsCommand, { id, origin }: Run) {
  if (origin === undefined || key === undefined) return false;
  return (await earlierRequest(deps, orgId, claimOf(key, origin.runId))).runId === id;
}

const claimOf = (key: string | undefined, runId: string): IdempotencyClaim | undefined =>
  key === undefined
    ? undefined
    : { route: 'retry of one of many', key: `${key}\n${runId}`, fingerprint: 'same' };
