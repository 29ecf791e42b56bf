import type { DialectDeps } from '#api/dialect-deps.ts';
import { listSessions } from '#core/session/list-sessions.ts';
import { keyOfSession, type Session } from '#core/session/session.ts';
import { type SessionStanding, sessionStanding } from '#core/session/session-standing.ts';
import type { ThreadFilter, ThreadSearch } from './contract.ts';
import { threadValues } from './thread-values.ts';
import { metadataOf } from './views.ts';

export interface FoundThread {
  readonly session: Session;
  readonly standing: SessionStanding;
}

export interface ThreadPage {
  readonly threads: readonly FoundThread[];
  /** How many there are in all. */
  readonly total: number;
}

type Deps = DialectDeps;

/**
 * Threads that fit. Where they are asked for as they are kept, and by labels alone, what lies behind
 * the page is counted without looking into its runs.
 */
export async function searchThreads(
  deps: Deps,
  orgId: string,
  { limit, offset, sort_by, sort_order, ...filter }: ThreadSearch,
): Promise<ThreadPage> {
  const end = offset + limit;
  const asKept = (sort_by ?? 'created_at') === 'created_at' && sort_order !== 'asc' && !filter.ids;
  const isCounted = asKept && isByLabels(filter);
  const found: FoundThread[] = [];
  for await (const thread of matching(deps, orgId, filter)) {
    found.push(thread);
    if (isCounted && found.length > end) break;
  }
  const sorted = asKept ? found : sortedBy(found, sort_by ?? 'created_at', sort_order === 'asc');
  const isCut = isCounted && found.length > end;
  const total = isCut ? await countThreads(deps, orgId, filter) : found.length;
  return { threads: sorted.slice(offset, end), total };
}

const isByLabels = ({ status, values }: ThreadFilter) => !status && !values;

export async function countThreads(deps: Deps, orgId: string, filter: ThreadFilter) {
  let count = 0;
  if (isByLabels(filter))
    for await (const sessions of labelled(deps, orgId, filter)) count += sessions.length;
  else for await (const _ of matching(deps, orgId, filter)) count += 1;
  return count;
}

async function* labelled(
  deps: Deps,
  orgId: string,
  { ids, metadata }: ThreadFilter,
): AsyncGenerator<readonly Session[]> {
  for await (const sessions of listSessions(deps, orgId, ids ?? undefined))
    yield sessions.filter((session) => contains(metadataOf(session), metadata ?? {}));
}

async function* matching(
  deps: Deps,
  orgId: string,
  filter: ThreadFilter,
): AsyncGenerator<FoundThread> {
  const { status, values } = filter;
  for await (const thread of standings(deps, labelled(deps, orgId, filter))) {
    if (status && thread.standing.status !== status) continue;
    if (values && !(await hasValues(deps, thread, values))) continue;
    yield thread;
  }
}

/** Each takes a handful of reads: more at once would wait for connections, and then for nothing. */
const readAtOnce = 10;

async function* standings(
  deps: Deps,
  pages: AsyncIterable<readonly Session[]>,
): AsyncGenerator<FoundThread> {
  for await (const sessions of pages)
    for (let i = 0; i < sessions.length; i += readAtOnce)
      yield* await Promise.all(
        sessions.slice(i, i + readAtOnce).map(async (session) => ({
          session,
          standing: await sessionStanding(deps, keyOfSession(session)),
        })),
      );
}

async function hasValues(deps: Deps, { session, standing }: FoundThread, values: object) {
  return contains(await threadValues(deps, keyOfSession(session), standing), values);
}

/** Whether all that is wanted is there; what is there beside it does not matter. */
function contains(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  if (typeof value !== 'object' || value === null) return false;
  const own = new Map<string, unknown>(Object.entries(value));
  if (Array.isArray(wanted))
    return wanted.every((one) => [...own.values()].some((item) => contains(item, one)));
  return Object.entries(wanted).every(([key, one]) => contains(own.get(key), one));
}

type SortKey = NonNullable<ThreadSearch['sort_by']>;

function sortedBy(found: readonly FoundThread[], key: SortKey, ascending: boolean) {
  const keyed = found.map((thread) => ({ thread, by: sortValue(thread, key) }));
  keyed.sort((a, b) => (a.by < b.by ? -1 : Number(a.by > b.by)));
  const sorted = keyed.map(({ thread }) => thread);
  return ascending ? sorted : sorted.reverse();
}

function sortValue({ session, standing }: FoundThread, key: SortKey): string | number {
  switch (key) {
    case 'thread_id':
      return session.id;
    case 'status':
      return standing.status;
    case 'created_at':
      return session.createdAt;
    case 'updated_at':
      return Math.max(session.updatedAt ?? session.createdAt, standing.movedAt ?? 0);
    case 'state_updated_at':
      return standing.movedAt ?? session.createdAt;
  }
}
