import * as z from 'zod';
import type { ReadDeps } from '../run/deps.ts';
import { invalidInput } from '../run/run-error.ts';
import { getRuns, present, toRun } from '../run/run-repository.ts';
import type { IndexName, Item } from '../store/item-store.ts';
import {
  decidedApprovalIndexKey,
  decidedByAgentIndexKey,
  pendingApprovalIndexKey,
} from '../store/keys.ts';
import { Pause, parseApprovalId } from './approval.ts';
import { type AskedApproval, pendingApprovalOf, toAskedApproval } from './asked-approval.ts';

export interface ListApprovalsQuery {
  readonly orgId: string;
  readonly status: 'pending' | 'decided';
  readonly agentId?: string | undefined;
  /** Of runs for this user. */
  readonly userId?: string | undefined;
  readonly limit: number;
  /** From the page before. */
  readonly cursor?: string | undefined;
}

export interface ApprovalPage {
  readonly approvals: readonly AskedApproval[];
  /** `undefined` on the last page. */
  readonly cursor: string | undefined;
}

const itemsPerQuery = 100;
/** A page of a rare agent or user ends short after this many queries, with a cursor to go on. */
const queriesPerPage = 10;

/**
 * What waits for a decision, or what was decided, newest first. An index may lag: what it says is
 * pending is looked up in the run itself. @throws RunError invalid_input for a cursor that is none
 */
export async function listApprovals(
  deps: ReadDeps,
  query: ListApprovalsQuery,
): Promise<ApprovalPage> {
  const place = placeOf(query);
  const approvals: AskedApproval[] = [];
  let before = parseCursor(query.cursor);
  for (let asked = 0; asked < queriesPerPage; asked += 1) {
    const items = await deps.store.query({
      ...place,
      ...(before === undefined ? {} : { before }),
      order: 'descending',
      limit: itemsPerQuery,
    });
    const entries = await read(deps, query, items, place.index);
    const wanted = entries.flatMap(({ at, approval }) =>
      approval && isWanted(approval, query) ? [{ at, approval }] : [],
    );
    const page = wanted.slice(0, query.limit - approvals.length);
    approvals.push(...page.map(({ approval }) => approval));
    if (approvals.length === query.limit) return { approvals, cursor: toCursor(page.at(-1)?.at) };
    if (items.length < itemsPerQuery) return { approvals, cursor: undefined };
    before = entries.at(-1)?.at;
  }
  return { approvals, cursor: toCursor(before) };
}

function placeOf({ orgId, status, agentId }: ListApprovalsQuery): { index: IndexName; pk: string } {
  if (status === 'pending')
    return { index: 'waiting', pk: pendingApprovalIndexKey({ orgId, runId: '' }, 0).pk };
  return agentId === undefined
    ? { index: 'tenant', pk: decidedApprovalIndexKey(orgId, '', 0).pk }
    : { index: 'agent', pk: decidedByAgentIndexKey(orgId, agentId, '', 0).pk };
}

/** An item's place in the index, and the approval that it holds. */
interface Entry {
  readonly at: string | undefined;
  readonly approval: AskedApproval | undefined;
}

async function read(
  deps: ReadDeps,
  { orgId, status }: ListApprovalsQuery,
  items: readonly Item[],
  index: IndexName,
): Promise<Entry[]> {
  const found = await (status === 'pending'
    ? pendingIn(deps, items)
    : decidedIn(deps, orgId, items));
  return items.map((item, i) => ({ at: item.indexes?.[index]?.sk, approval: found[i] }));
}

type Found = (AskedApproval | undefined)[];

const pendingIn = ({ clock }: ReadDeps, items: readonly Item[]): Found =>
  items.map((item) => {
    const run = present(toRun(item), clock.now());
    return run && pendingApprovalOf(run);
  });

async function decidedIn(deps: ReadDeps, orgId: string, items: readonly Item[]): Promise<Found> {
  const pauses = items.map((item) => Pause.parse(item.value));
  const runIds = new Set(pauses.flatMap((pause) => parseApprovalId(pause.approvalId)?.runId ?? []));
  const keys = [...runIds].map((runId) => ({ orgId, runId }));
  const byId = new Map((await getRuns(deps, keys)).map((run) => [run.id, run]));
  return pauses.map((pause) => {
    const run = byId.get(parseApprovalId(pause.approvalId)?.runId ?? '');
    return run && toAskedApproval(run, pause);
  });
}

const isWanted = ({ run }: AskedApproval, { agentId, userId }: ListApprovalsQuery) =>
  (agentId ?? run.agentId) === run.agentId && (userId ?? run.userId) === run.userId;

const toCursor = (before: string | undefined) =>
  before === undefined ? undefined : Buffer.from(before).toString('base64url');

/** A place in an index: a time, and a run's or an approval's id. */
const Cursor = z.string().regex(/^\d{15}#[0-9a-f-]{36}(?:-\d{1,9})?$/);

function parseCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!Cursor.safeParse(text).success)
    throw invalidInput([{ field: 'cursor', message: 'is not a cursor of this list' }]);
  return text;
}
