import { agentIndexKey, groupIndexKey, tenantIndexKey } from '../store/keys.ts';
import type { ReadDeps } from './deps.ts';
import { type EndedRun, hasEnded, type Run, type RunFailureCode } from './run.ts';
import { getRuns } from './run-repository.ts';

export interface EndedRunFilter {
  readonly orgId: string;
  readonly statuses: readonly EndedRun['status'][];
  readonly agentId?: string | undefined;
  readonly groupId?: string | undefined;
  /** Epoch milliseconds; neither bound is within. */
  readonly submittedAfter?: number | undefined;
  readonly submittedBefore?: number | undefined;
  readonly errorCode?: RunFailureCode | undefined;
  readonly limit: number;
  /** From the selection before. */
  readonly cursor?: string | undefined;
}

const runsPerRead = 100;
/** A selection of what is rare ends short after so many, with a cursor to go on. */
const mostReads = 100;
/** Ids are in the order of the clocks of those who made them. */
const clocksDifferMs = 60_000;

/** The runs that are as the filter says, newest first. */
export async function selectEndedRuns(
  deps: ReadDeps,
  filter: EndedRunFilter,
): Promise<{ readonly runs: EndedRun[]; readonly cursor: string | undefined }> {
  const { orgId, limit, submittedAfter = 0 } = filter;
  const selected: EndedRun[] = [];
  let before = filter.cursor;
  for (let reads = 0; reads < mostReads; reads += 1) {
    const ids = await idsBefore(deps, filter, before);
    const runs = await getRuns(
      deps,
      ids.map((runId) => ({ orgId, runId })),
    );
    for (const run of runs) {
      if (!isWanted(run, filter)) continue;
      if (selected.length === limit) return { runs: selected, cursor: selected.at(-1)?.id };
      selected.push(run);
    }
    before = ids.at(-1);
    const isPast = runs.some(({ createdAt }) => createdAt < submittedAfter - clocksDifferMs);
    if (ids.length < runsPerRead || isPast) return { runs: selected, cursor: undefined };
  }
  return { runs: selected, cursor: before };
}

function isWanted(run: Run, filter: EndedRunFilter): run is EndedRun {
  const { agentId, groupId, errorCode, submittedAfter = 0, submittedBefore } = filter;
  return (
    hasEnded(run) &&
    filter.statuses.includes(run.status) &&
    (agentId ?? run.agentId) === run.agentId &&
    (groupId ?? run.groupId) === run.groupId &&
    run.createdAt > submittedAfter &&
    run.createdAt < (submittedBefore ?? Number.MAX_SAFE_INTEGER) &&
    (errorCode === undefined || (run.status === 'FAILED' && run.error.code === errorCode))
  );
}

async function idsBefore(
  deps: ReadDeps,
  { orgId, groupId, agentId }: EndedRunFilter,
  before: string | undefined,
): Promise<string[]> {
  const any = { orgId, runId: '' };
  const keys = await deps.store.queryKeys({
    ...(groupId !== undefined
      ? { index: 'group', pk: groupIndexKey(any, groupId).pk }
      : agentId !== undefined
        ? { index: 'agent', pk: agentIndexKey(any, agentId).pk }
        : { index: 'tenant', pk: tenantIndexKey(any).pk }),
    ...(before === undefined ? {} : { before }),
    order: 'descending',
    limit: runsPerRead,
  });
  return keys.map(({ sk }) => sk);
}
