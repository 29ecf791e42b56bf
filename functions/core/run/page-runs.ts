import type { IndexName } from '../store/item-store.ts';
import { groupIndexKey, tenantIndexKey } from '../store/keys.ts';
import type { ReadDeps } from './deps.ts';
import type { Run } from './run.ts';
import { getRuns } from './run-repository.ts';
import type { RunTally, TallyQuery } from './run-tally.ts';

export interface PageRunsQuery extends TallyQuery {
  /** Runs to leave out at the beginning. */
  readonly offset: number;
  readonly limit: number;
  /**
   * Only runs that were submitted before this one: pages of one anchor are not shifted by what is
   * submitted meanwhile. @default - from the newest
   */
  readonly before?: string | undefined;
}

export interface NumberedPage {
  /** Newest first. */
  readonly runs: readonly Run[];
  /** Of all pages, as the tally has it. */
  readonly total: number;
}

const keysPerQuery = 500;

/** A numbered page of the tenant's runs, or of one group's. */
export async function pageRuns(
  deps: ReadDeps & { readonly tally: RunTally },
  query: PageRunsQuery,
): Promise<NumberedPage> {
  const [runs, total] = await Promise.all([readPage(deps, query), deps.tally.count(query)]);
  return { runs, total };
}

async function readPage(deps: ReadDeps, query: PageRunsQuery): Promise<Run[]> {
  const { orgId, statuses, offset, limit } = query;
  const page: Run[] = [];
  let leftOut = offset;
  for await (const ids of idsNewestFirst(deps, query)) {
    // Runs in any status need not be read to be left out.
    const unread = statuses === undefined ? Math.min(leftOut, ids.length) : 0;
    leftOut -= unread;
    const read = await getRuns(
      deps,
      ids.slice(unread).map((runId) => ({ orgId, runId })),
    );
    const runs = read.filter(({ status }) => statuses?.includes(status) ?? true);
    page.push(...runs.slice(leftOut));
    leftOut = Math.max(0, leftOut - runs.length);
    if (page.length >= limit) return page.slice(0, limit);
  }
  return page;
}

async function* idsNewestFirst(
  deps: ReadDeps,
  { orgId, groupId, offset, limit, before }: PageRunsQuery,
): AsyncGenerator<string[]> {
  const place = placeOf(orgId, groupId);
  const most = Math.min(offset + limit, keysPerQuery);
  for (let last = before; ; ) {
    const keys = await deps.store.queryKeys({
      ...place,
      ...(last === undefined ? {} : { before: last }),
      order: 'descending',
      limit: most,
    });
    yield keys.map(({ sk }) => sk);
    last = keys.at(-1)?.sk;
    if (keys.length < most) return;
  }
}

function placeOf(orgId: string, groupId: string | undefined): { index: IndexName; pk: string } {
  const any = { orgId, runId: '' };
  return groupId === undefined
    ? { index: 'tenant', pk: tenantIndexKey(any).pk }
    : { index: 'group', pk: groupIndexKey(any, groupId).pk };
}
