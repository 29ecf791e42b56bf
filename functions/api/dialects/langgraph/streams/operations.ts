import type { OperationReply, OperationRequest, Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { eventStreamHeaders } from '#api/event-stream.ts';
import { isDeleted } from '#core/run/run.ts';
import { getRequest } from '#core/run/run-input.ts';
import { findRun, keyOf } from '#core/run/run-repository.ts';
import { assistantIdOf } from '../assistants/assistants.ts';
import { keptRequest } from '../runs/kept-request.ts';
import { startRun } from '../runs/start-run.ts';
import { findWireRun, firstLeg, pausesBefore, type WireRun } from '../runs/wire-run.ts';
import type { streamsContract } from './contract.ts';
import { type StreamMode, StreamModes } from './stream-mode.ts';
import { frameOf } from './stream-part.ts';
import { type StreamRequest, streamReply } from './stream-reply.ts';
import type { StreamedRun } from './streamed-run.ts';

type Contract = typeof streamsContract;
type Create = OperationRequest<Contract['streamRun'] | Contract['streamStatelessRun']>;
type Join = OperationRequest<Contract['joinRunStream'] | Contract['joinStatelessRunStream']>;

export const streamsOperations = (deps: DialectDeps): Operations<Contract> => ({
  streamRun: (request) => create(deps, request, request.params.threadId),

  streamStatelessRun: (request) => create(deps, request, undefined),

  joinRunStream: async (request) => {
    const { params, principal } = request;
    const thread = { orgId: principal.orgId, sessionId: params.threadId };
    return join(deps, request, await findWireRun(deps, thread, params.runId), false);
  },

  joinStatelessRunStream: async (request) => {
    const { params, principal } = request;
    const run = await findRun(deps, { orgId: principal.orgId, runId: params.runId });
    return join(deps, request, run && !isDeleted(run) ? firstLeg(run) : undefined, true);
  },
});

async function create(
  deps: DialectDeps,
  request: Create,
  threadId: string | undefined,
): Promise<OperationReply<never>> {
  const { body, principal, idempotency } = request;
  const start = { threadId, body, principal, idempotency, isAwaited: true };
  const { wire, replayed } = await startRun(deps, start);
  const reply = streamReply(deps, {
    ...ofReader(request),
    run: toStreamed(wire),
    modes: body.stream_mode ?? ['values'],
    cancelOnDisconnect: body.on_disconnect === 'cancel',
    isStateless: threadId === undefined,
  });
  const headers = { ...reply.headers, ...(replayed ? { 'idempotency-replayed': 'true' } : {}) };
  return { ...reply, headers };
}

async function join(
  deps: DialectDeps,
  request: Join,
  wire: WireRun | undefined,
  isStateless: boolean,
): Promise<OperationReply<never>> {
  const { query } = request;
  if (wire === undefined) return notFound();
  return streamReply(deps, {
    ...ofReader(request),
    run: toStreamed(wire),
    modes: query.stream_mode?.length ? query.stream_mode : await modesOf(deps, wire),
    cancelOnDisconnect: query.cancel_on_disconnect,
    isStateless,
  });
}

const ofReader = ({
  principal: { orgId },
  lastEventId,
  signal,
  userAgent,
}: Create | Join): Pick<StreamRequest, 'orgId' | 'lastEventId' | 'signal' | 'userAgent'> => ({
  orgId,
  lastEventId,
  signal,
  userAgent,
});

/** A reader who comes back does not say again what the run was asked for when it was created. */
async function modesOf(deps: DialectDeps, { run, leg }: WireRun): Promise<readonly StreamMode[]> {
  const wire = leg ? leg.wire : (await getRequest(deps, keyOf(run))).wire;
  return StreamModes.safeParse(keptRequest(wire)?.stream_mode).data ?? ['values'];
}

function toStreamed(wire: WireRun): StreamedRun {
  const { id: runId, sessionId: threadId, agentId } = wire.run;
  const assistantId = assistantIdOf(agentId);
  return { id: wire.id, threadId, assistantId, agentId, runId, pausesBefore: pausesBefore(wire) };
}

/** As the original has it: the stream is there, and has nothing but an error. */
const notFound = (): OperationReply<never> => ({
  body: once(
    frameOf({ event: 'error', data: { error: 'HTTPException', message: '404: Run not found' } }),
  ),
  headers: eventStreamHeaders,
});

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
