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
  const { index, pk } = placeOf(query);
  const approvals: AskedApproval[] = [];
  let before = parseCursor(query.cursor);
  for (let asked = 0; asked < queriesPerPage; asked += 1) {
    const items = await deps.store.query({
      index,
      pk,
      ...(before === undefined ? {} : { before }),
      order: 'descending',
      limit: itemsPerQuery,
    });
    const found = await read(deps, query, items);
    for (const [i, item] of items.entries()) {
      before = item.indexes?.[index]?.sk ?? before;
      const approval = found[i];
      if (approval && isWanted(approval, query)) approvals.push(approval);
      if (approvals.length === query.limit) return { approvals, cursor: toCursor(before) };
    }
    if (items.length < itemsPerQuery) return { approvals, cursor: undefined };
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

async function read(
  deps: ReadDeps,
  { orgId, status }: ListApprovalsQuery,
  items: readonly Item[],
): Promise<(AskedApproval | undefined)[]> {
  const now = deps.clock.now();
  if (status === 'pending')
    return items.map((item) => {
      const run = present(toRun(item), now);
      return run && pendingApprovalOf(run);
    });
  const pauses = items.map((item) => Pause.parse(item.value));
  const runIds = new Set(pauses.flatMap((pause) => parseApprovalId(pause.approvalId)?.runId ?? []));
  const runs = await getRuns(
    deps,
    [...runIds].map((runId) => ({ orgId, runId })),
  );
  const byId = new Map(runs.map((run) => [run.id, run]));
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
