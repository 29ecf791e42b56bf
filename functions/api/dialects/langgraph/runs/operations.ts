import { ApiError } from '#api/api-error.ts';
import type { OperationReply, OperationRequest, Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { deleteRun } from '#core/run/delete-run.ts';
import type { Run as CoreRun } from '#core/run/run.ts';
import { findRun, keyOf } from '#core/run/run-repository.ts';
import { awaitRun } from '#core/run/watch-run.ts';
import { getSession } from '#core/session/create-session.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { joinReply, placesOf } from '../streams/join-reply.ts';
import { failed, outcomeOf } from '../threads/thread-outcome.ts';
import { selected } from '../wire-ids.ts';
import { cancelWireRun, cancelWireRuns, noRuns } from './cancel-wire-runs.ts';
import type { RunRequest, runsContract } from './contract.ts';
import { listWireRuns } from './list-wire-runs.ts';
import type { StartRequest } from './run-command.ts';
import { startRun } from './start-run.ts';
import { toRun } from './views.ts';
import { findWireRun, type WireRun } from './wire-run.ts';

type Contract = typeof runsContract;

export const runsOperations = (deps: DialectDeps): Operations<Contract> => ({
  createRun: (request) => create(deps, toStart(request, request.params.threadId)),

  createStatelessRun: (request) => create(deps, toStart(request, undefined)),

  createRuns: async ({ body, principal, idempotency }) => {
    const runs = [];
    for (const [i, one] of body.entries()) {
      const claim = idempotency && { ...idempotency, key: `${idempotency.key}#${i}` };
      const start = toStart({ body: one, principal, idempotency: claim }, undefined);
      runs.push(await toRun(deps, (await startRun(deps, start)).wire));
    }
    return { body: runs };
  },

  waitForRun: (request) => wait(deps, request, request.params.threadId),

  waitForStatelessRun: (request) => wait(deps, request, undefined),

  listRuns: async ({ params, query, principal }) => {
    const thread = threadOf(params, principal);
    await getSession(deps, thread);
    const { offset, limit, status, select } = query;
    const runs = (await listWireRuns(deps, thread, status)).slice(offset, offset + limit);
    const views = runs.map(async (run) => selected(await toRun(deps, run), select));
    return { body: await Promise.all(views) };
  },

  getRun: async (request) => {
    const wire = await find(deps, request);
    if (wire === undefined) throw new ApiError('route_not_found', 'Not Found');
    return { body: await toRun(deps, wire) };
  },

  joinRun: async (request) => {
    const { signal, query } = request;
    const wire = await find(deps, request);
    // As the original: whoever joins is told of everything in the body.
    if (wire === undefined) return { body: failed('HTTPException', '404: Run not found') };
    const cancelOnDisconnect = query.cancel_on_disconnect ?? false;
    return joinReply(deps, { wire, signal, cancelOnDisconnect });
  },

  cancelRun: async (request) => {
    const { query, principal, params, signal } = request;
    const wire = await find(deps, request);
    if (wire === undefined) throw noRuns();
    await cancelWireRun(deps, wire, query.action);
    if (!query.wait) return { body: undefined };
    const run = await stopped(deps, wire.run, signal);
    const isGone = query.action === 'rollback';
    const body = isGone ? {} : await outcomeOf(deps, threadOf(params, principal), { ...wire, run });
    return { status: 200, body, headers: placesOf(wire) };
  },

  cancelRuns: async ({ query, body, principal }) => {
    const { thread_id, run_ids, status } = body;
    const selection = {
      orgId: principal.orgId,
      threadId: thread_id ?? undefined,
      runIds: run_ids ?? undefined,
      status: status ?? undefined,
    };
    await cancelWireRuns(deps, selection, query.action);
    return { body: undefined };
  },

  deleteRun: async (request) => {
    const wire = await find(deps, request);
    if (wire === undefined) throw new ApiError('route_not_found', 'Run not found');
    await deleteRun(deps, keyOf(wire.run));
    return { body: undefined };
  },
});

type Submission = Pick<OperationRequest, 'principal' | 'idempotency'> & {
  readonly body: RunRequest;
};

const toStart = (
  { body, principal, idempotency }: Submission,
  threadId: string | undefined,
): StartRequest => ({ threadId, body, principal, idempotency, isAwaited: false });

async function create(deps: DialectDeps, start: StartRequest) {
  const { wire, replayed } = await startRun(deps, start);
  const place =
    start.threadId === undefined ? `/runs/${wire.id}` : placesOf(wire)['content-location'];
  return {
    body: await toRun(deps, wire),
    headers: { ...(place ? { 'content-location': place } : {}), ...replayedHeader(replayed) },
  };
}

async function wait(
  deps: DialectDeps,
  request: Submission & Pick<OperationRequest, 'signal'>,
  threadId: string | undefined,
): Promise<OperationReply<Record<string, unknown>>> {
  const start = { ...toStart(request, threadId), isAwaited: true };
  const { wire, replayed } = await startRun(deps, start);
  const cancelOnDisconnect = request.body.on_disconnect === 'cancel';
  const headers = replayedHeader(replayed);
  return joinReply(deps, { wire, signal: request.signal, cancelOnDisconnect, headers });
}

const replayedHeader = (replayed: boolean): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};

const threadOf = ({ threadId }: { readonly threadId: string }, { orgId }: Principal) => ({
  orgId,
  sessionId: threadId,
});

interface OfRun {
  readonly params: { readonly threadId: string; readonly runId: string };
  readonly principal: Principal;
}

const find = (deps: DialectDeps, { params, principal }: OfRun): Promise<WireRun | undefined> =>
  findWireRun(deps, threadOf(params, principal), params.runId);

/** Nobody works for a cancelled run any more once it has given back its slot. */
async function stopped(deps: DialectDeps, run: CoreRun, signal: AbortSignal): Promise<CoreRun> {
  const isStopped = (latest: CoreRun) => latest.status !== 'CANCELLED' || latest.slot === null;
  if ((await findRun(deps, keyOf(run))) === undefined) return run;
  return awaitRun(deps, keyOf(run), isStopped, deps.waiting.limitMs, signal);
}
