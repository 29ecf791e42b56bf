import type { ReadDeps } from '../run/deps.ts';
import { getRuns, present, toRun } from '../run/run-repository.ts';
import type { IndexName, Item } from '../store/item-store.ts';
import {
  decidedApprovalIndexKey,
  decidedByAgentIndexKey,
  pendingApprovalIndexKey,
} from '../store/keys.ts';
import { pageIndex } from '../store/page-index.ts';
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

/** A time, and a run's or an approval's id. */
const place = /^\d{15}#[0-9a-f-]{36}(?:-\d{1,9})?$/;

/**
 * What waits for a decision, or what was decided, newest first. An index may lag: what it says is
 * pending is looked up in the run itself. @throws RunError invalid_input for a cursor that is none
 */
export async function listApprovals(
  deps: ReadDeps,
  query: ListApprovalsQuery,
): Promise<ApprovalPage> {
  const { orgId, status, limit, cursor } = query;
  const page = { ...indexOf(query), place, limit, cursor };
  const { entries, ...next } = await pageIndex(deps.store, page, async (items) => {
    const found = status === 'pending' ? pendingIn(deps, items) : decidedIn(deps, orgId, items);
    return (await found).map((approval) =>
      approval && isWanted(approval, query) ? approval : undefined,
    );
  });
  return { approvals: entries, ...next };
}

function indexOf({ orgId, status, agentId }: ListApprovalsQuery): { index: IndexName; pk: string } {
  if (status === 'pending')
    return { index: 'waiting', pk: pendingApprovalIndexKey({ orgId, runId: '' }, 0).pk };
  return agentId === undefined
    ? { index: 'tenant', pk: decidedApprovalIndexKey(orgId, '', 0).pk }
    : { index: 'agent', pk: decidedByAgentIndexKey(orgId, agentId, '', 0).pk };
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
