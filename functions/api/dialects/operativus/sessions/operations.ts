import type * as z from 'zod';
import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { iso } from '#api/iso.ts';
import { listRuns } from '#core/run/list-runs.ts';
import type { Run } from '#core/run/run.ts';
import { getSession } from '#core/session/create-session.ts';
import { listSessions } from '#core/session/list-sessions.ts';
import { deleteSession } from '#core/session/purge-session.ts';
import type { Session } from '#core/session/session.ts';
import type { SessionKey } from '#core/store/keys.ts';
import { toAgentRun } from '../runs/views.ts';
import { toPage } from '../wire.ts';
import type { Session as SessionView, sessionsContract } from './contract.ts';

export const sessionsOperations = (deps: DialectDeps): Operations<typeof sessionsContract> => ({
  listSessions: async ({ query, principal }) => {
    const start = query.page * query.size;
    const page: Session[] = [];
    let total = 0;
    for await (const sessions of listSessions(deps, principal.orgId))
      for (const session of sessions.filter((one) => isWanted(one, query))) {
        if (total >= start && page.length < query.size) page.push(session);
        total += 1;
      }
    return { body: toPage(page.map(toView), total, query) };
  },

  getSession: async ({ params, principal }) => ({
    body: toView(await getSession(deps, { orgId: principal.orgId, ...params })),
  }),

  listSessionRuns: async ({ params, principal }) => {
    const key = { orgId: principal.orgId, ...params };
    await getSession(deps, key);
    const runs = await runsOf(deps, key);
    return { body: await Promise.all(runs.map((run) => toAgentRun(deps, run))) };
  },

  deleteSession: async ({ params, principal }) => {
    await deleteSession(deps, { orgId: principal.orgId, ...params });
    return { body: undefined };
  },
});

interface Wanted {
  readonly userId?: string | undefined;
  readonly agentId?: string | undefined;
}

const isWanted = (session: Session, { userId, agentId }: Wanted) =>
  (userId ?? session.userId) === session.userId && (agentId ?? session.agentId) === session.agentId;

const runsPerQuery = 100;

/** In the order of their turns. */
async function runsOf(deps: DialectDeps, key: SessionKey): Promise<Run[]> {
  const runs: Run[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRuns(deps, { ...key, limit: runsPerQuery, cursor });
    runs.push(...page.runs);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return runs.reverse();
}

const toView = (session: Session): z.input<typeof SessionView> => ({
  id: session.id,
  userId: session.userId,
  orgId: session.orgId,
  agentId: session.agentId ?? null,
  title: titleOf(session),
  sessionState: null,
  createdAt: iso(session.createdAt),
  updatedAt: iso(session.updatedAt ?? session.createdAt),
  status: 'ACTIVE',
});

function titleOf({ metadata }: Session): string | null {
  const title = metadata?.['title'];
  return typeof title === 'string' ? title : null;
}
