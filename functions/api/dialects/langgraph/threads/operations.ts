import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { RunError } from '#core/run/run-error.ts';
import { copySession } from '#core/session/copy-session.ts';
import { createSession, getSession, updateSession } from '#core/session/create-session.ts';
import { deleteSession } from '#core/session/purge-session.ts';
import { keyOfSession, type Session } from '#core/session/session.ts';
import { sessionStanding } from '#core/session/session-standing.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { selected } from '../wire-ids.ts';
import type { threadsContract } from './contract.ts';
import { countThreads, searchThreads } from './search-threads.ts';
import { toThread } from './views.ts';

export const threadsOperations = (deps: DialectDeps): Operations<typeof threadsContract> => ({
  createThread: async ({ body, principal, idempotency }) => {
    const { session, replayed } = await createSession(deps, {
      orgId: principal.orgId,
      userId: principal.userId,
      sessionId: body.thread_id ?? undefined,
      metadata: body.metadata ?? {},
      ttlSeconds: secondsOf(body.ttl),
      ifExists: body.if_exists === 'do_nothing' ? 'keep' : 'refuse',
      idempotency,
    });
    return { body: await view(deps, session), headers: replayedHeader(replayed) };
  },

  searchThreads: async ({ body, principal }) => {
    const { threads, total } = await searchThreads(deps, principal.orgId, body);
    const views = threads.map(async ({ session, standing }) =>
      selected(await toThread(deps, session, standing), body.select),
    );
    const end = body.offset + body.limit;
    return {
      body: await Promise.all(views),
      headers: {
        'x-pagination-total': `${total}`,
        ...(end < total ? { 'x-pagination-next': `${end}` } : {}),
      },
    };
  },

  countThreads: async ({ body, principal }) => ({
    body: await countThreads(deps, principal.orgId, body),
  }),

  pruneThreads: async ({ body, principal }) => {
    let pruned = 0;
    for (const sessionId of new Set(body.thread_ids))
      pruned += await prune(deps, { orgId: principal.orgId, sessionId });
    return { body: { pruned_count: pruned } };
  },

  getThread: async ({ params, principal }) => ({
    body: await view(deps, await getSession(deps, keyOf(params, principal))),
  }),

  updateThread: async ({ params, body, principal }) => {
    const session = await updateSession(deps, keyOf(params, principal), {
      metadata: body.metadata ?? undefined,
      ttlSeconds: secondsOf(body.ttl),
    });
    return { body: await view(deps, session) };
  },

  deleteThread: async ({ params, principal }) => {
    await deleteSession(deps, keyOf(params, principal));
    return { body: undefined };
  },

  copyThread: async ({ params, principal, idempotency }) => {
    const key = keyOf(params, principal);
    const { session, replayed } = await copySession(deps, key, principal.userId, idempotency);
    return { body: await view(deps, session), headers: replayedHeader(replayed) };
  },
});

const keyOf = ({ threadId }: { readonly threadId: string }, { orgId }: Principal) => ({
  orgId,
  sessionId: threadId,
});

const view = async (deps: DialectDeps, session: Session) =>
  toThread(deps, session, await sessionStanding(deps, keyOfSession(session)));

const secondsOf = (minutes: number | null | undefined) =>
  minutes == null ? undefined : Math.ceil(minutes * 60);

const replayedHeader = (replayed: boolean): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};

/** @returns how many threads it was */
async function prune(deps: DialectDeps, key: Parameters<typeof deleteSession>[1]): Promise<number> {
  try {
    await deleteSession(deps, key);
    return 1;
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'session_not_found') throw error;
    return 0;
  }
}
