import type { IndexName, Item } from '../store/item-store.ts';
import { agentIndexKey, sessionPartition, tenantIndexKey } from '../store/keys.ts';
import { pageIndex } from '../store/page-index.ts';
import type { RunDeps } from './deps.ts';
import type { Run, RunStatus } from './run.ts';
import { present, toRun } from './run-repository.ts';

export interface ListRunsQuery {
  readonly orgId: string;
  readonly agentId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly userId?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  readonly limit: number;
  /** From the page before. */
  readonly cursor?: string | undefined;
}

export interface RunPage {
  readonly runs: readonly Run[];
  /** `undefined` on the last page. */
  readonly cursor: string | undefined;
}

/** A run's id, or its turn in its session. */
const place = /^(?:[0-9a-f-]{36}|\d{9})$/;

/** The tenant's runs, newest first. @throws RunError invalid_input for a cursor that is none */
export async function listRuns(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log'>,
  query: ListRunsQuery,
): Promise<RunPage> {
  const { limit, cursor } = query;
  const page = { ...indexOf(query), place, limit, cursor };
  const { entries, ...next } = await pageIndex(deps.store, page, (items) =>
    items.map((item) => matching(item, query, deps.clock.now())),
  );
  return { runs: entries, ...next };
}

function indexOf(query: ListRunsQuery): { index: IndexName; pk: string } {
  const { orgId, sessionId, agentId } = query;
  if (sessionId !== undefined)
    return { index: 'session', pk: sessionPartition({ orgId, sessionId }) };
  if (agentId !== undefined)
    return { index: 'agent', pk: agentIndexKey({ orgId, runId: '' }, agentId).pk };
  return { index: 'tenant', pk: tenantIndexKey({ orgId, runId: '' }).pk };
}

function matching(item: Item, { agentId, userId, statuses }: ListRunsQuery, now: number) {
  const run = present(toRun(item), now);
  const wanted =
    run !== undefined &&
    (agentId ?? run.agentId) === run.agentId &&
    (userId ?? run.userId) === run.userId &&
    (statuses ?? [run.status]).includes(run.status);
  return wanted ? run : undefined;
}
