import * as z from 'zod';
import type { IndexName, Item, Query } from '../store/item-store.ts';
import { agentIndexKey, sessionPartition, tenantIndexKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import type { Run, RunStatus } from './run.ts';
import { invalidInput } from './run-error.ts';
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

const itemsPerQuery = 100;
/** A page of a rare status ends short after this many queries, with a cursor to go on. */
const queriesPerPage = 10;

/**
 * The tenant's runs, newest first. Pages are anchored at a run: what is submitted meanwhile shifts
 * nothing. @throws RunError invalid_input for a cursor that is none
 */
export async function listRuns(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log'>,
  query: ListRunsQuery,
): Promise<RunPage> {
  const { index, pk } = indexOf(query);
  const runs: Run[] = [];
  let before = parseCursor(query.cursor);
  for (let asked = 0; asked < queriesPerPage; asked += 1) {
    const items = await deps.store.query({
      index,
      pk,
      ...(before === undefined ? {} : { before }),
      order: 'descending',
      limit: itemsPerQuery,
    });
    for (const item of items) {
      before = item.indexes?.[index]?.sk;
      runs.push(...matching(item, query, deps.clock.now()));
      if (runs.length === query.limit) return { runs, cursor: toCursor(before) };
    }
    if (items.length < itemsPerQuery) return { runs, cursor: undefined };
  }
  return { runs, cursor: toCursor(before) };
}

function indexOf(query: ListRunsQuery): { index: IndexName; pk: string } {
  const { orgId, sessionId, agentId } = query;
  if (sessionId !== undefined)
    return { index: 'session', pk: sessionPartition({ orgId, sessionId }) };
  if (agentId !== undefined)
    return { index: 'agent', pk: agentIndexKey({ orgId, runId: '' }, agentId).pk };
  return { index: 'tenant', pk: tenantIndexKey({ orgId, runId: '' }).pk };
}

function matching(item: Item, { agentId, userId, statuses }: ListRunsQuery, now: number): Run[] {
  const run = present(toRun(item), now);
  const wanted =
    run !== undefined &&
    (agentId ?? run.agentId) === run.agentId &&
    (userId ?? run.userId) === run.userId &&
    (statuses ?? [run.status]).includes(run.status);
  return wanted ? [run] : [];
}

const toCursor = (before: Query['before']) =>
  before === undefined ? undefined : Buffer.from(before).toString('base64url');

/** A place in an index: a run's id, or its turn in its session. */
const Cursor = z.string().regex(/^(?:[0-9a-f-]{36}|\d{9})$/);

function parseCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!Cursor.safeParse(text).success)
    throw invalidInput([{ field: 'cursor', message: 'is not a cursor of this list' }]);
  return text;
}
