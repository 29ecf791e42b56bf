import { ApiError } from '#api/api-error.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { type DecidedRun, decideApproval } from '#core/approval/decide-approval.ts';
import { earlierRequest } from '#core/idempotency/idempotency.ts';
import { continueRun } from '#core/run/continue-run.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { AskingRun, RunIn, StoppedRun } from '#core/run/run.ts';
import { invalidInput, RunError } from '#core/run/run-error.ts';
import type { NewLeg } from '#core/run/run-leg.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import { type SubmitRunCommand, storeRun } from '#core/run/submit-run.ts';
import { supersedeEarlier } from '#core/run/supersede.ts';
import { findSession } from '#core/session/session.ts';
import { sessionStanding } from '#core/session/session-standing.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { checkWebhookUrl } from '#core/webhook/check-webhook-url.ts';
import { findAssistant } from '../assistants/assistants.ts';
import { pausedRun } from '../threads/views.ts';
import type { RunRequest } from './contract.ts';
import { keepRequest } from './kept-request.ts';
import { readResume } from './resume-decision.ts';
import { breakpointsOf, commandOf, inputOf, type StartRequest, webhookOf } from './run-command.ts';
import { findWireRun, firstLeg, type WireRun } from './wire-run.ts';

export interface StartedRun {
  readonly wire: WireRun;
  /** An earlier request with the same idempotency key started it. */
  readonly replayed: boolean;
}

/**
 * A new run of LangGraph: one of ours, or with an answer the rest of one that waits for it.
 * @throws RunError, ApiError
 */
export async function startRun(deps: DialectDeps, request: StartRequest): Promise<StartedRun> {
  const { body, principal, threadId } = request;
  const earlier = await findEarlier(deps, request);
  if (earlier) return { wire: earlier, replayed: true };
  const agent = findAgent(deps, body.assistant_id, principal);
  const resumed = threadId === undefined ? undefined : await resume(deps, { ...request, threadId });
  if (resumed) return resumed;
  const { run, replayed } = await store(deps, await commandOf(deps, agent, request));
  if (!replayed) {
    await supersedeEarlier(deps, run);
    if (request.isAwaited) await dispatchRun(deps, keyOf(run));
    else await deps.queue.send([keyOf(run)]);
  }
  return { wire: firstLeg(await getRun(deps, keyOf(run))), replayed };
}

async function store(deps: DialectDeps, command: SubmitRunCommand) {
  try {
    return await storeRun(deps, command);
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'session_not_found') throw error;
    throw notFound();
  }
}

const notFound = () => new ApiError('route_not_found', 'Thread or assistant not found.');

/** What the first request with the same key has started: a run, or a part of one. */
async function findEarlier(
  deps: DialectDeps,
  { principal: { orgId }, threadId, idempotency }: StartRequest,
): Promise<WireRun | undefined> {
  const { runId } = await earlierRequest(deps, orgId, idempotency);
  if (runId === undefined) return undefined;
  if (threadId === undefined) return firstLeg(await getRun(deps, { orgId, runId }));
  return findWireRun(deps, { orgId, sessionId: threadId }, runId);
}

function findAgent({ agents }: DialectDeps, assistantId: string, { orgId }: Principal) {
  const agent = findAssistant(agents, assistantId, orgId);
  if (agent) return agent;
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(assistantId)) throw notFound();
  const known = agents.list(orgId).map(({ id }) => id);
  throw invalidInput([
    {
      field: 'assistant_id',
      message: `must be the id of an assistant or one of ${known.join(', ')}`,
    },
  ]);
}

/**
 * @returns `undefined` where nothing waits for an answer, or to be let go on
 * @throws RunError invalid_input where there has to be something
 */
async function resume(
  deps: DialectDeps,
  request: StartRequest & { readonly threadId: string },
): Promise<StartedRun | undefined> {
  const { body } = request;
  const answers = body.command?.resume !== undefined;
  if (!answers && !saysNothing(body)) return undefined;
  const resumed = await resumePaused(deps, request);
  if (resumed === undefined && answers && body.strict_resume)
    throw invalidInput([{ field: 'command.resume', message: 'nothing waits for an answer' }]);
  return resumed;
}

async function resumePaused(
  deps: DialectDeps,
  request: StartRequest & { readonly threadId: string },
): Promise<StartedRun | undefined> {
  const { body, principal, threadId } = request;
  const key = { orgId: principal.orgId, sessionId: threadId };
  if ((await findSession(deps.store, key)) === undefined) return undefined;
  const paused = pausedRun(await sessionStanding(deps, key));
  if (paused?.breakpoint) return goOn(deps, paused, request);
  if (paused === undefined || body.command?.resume === undefined) return undefined;
  if (body.command.update != null)
    throw invalidInput([
      { field: 'command.update', message: 'cannot come with an answer: write the state first' },
    ]);
  if (body.after_seconds)
    throw invalidInput([{ field: 'after_seconds', message: 'cannot come with an answer' }]);
  if (findAgent(deps, body.assistant_id, principal).id !== paused.agentId)
    throw invalidInput([
      { field: 'assistant_id', message: `must be ${paused.agentId}, which waits for the answer` },
    ]);
  return decide(deps, paused, request);
}

function decide(
  deps: DialectDeps,
  paused: AskingRun,
  request: StartRequest,
): Promise<StartedRun | undefined> {
  const { body, principal, idempotency } = request;
  const { pendingApproval } = paused;
  return begin(deps, request, paused, (leg) =>
    decideApproval(deps, {
      ...keyOf(paused),
      ...readResume(body.command?.resume, pendingApproval),
      approvalId: pendingApproval.approvalId,
      by: principal,
      leg,
      idempotency,
    }),
  );
}

/** Of what stands at a breakpoint nobody has asked anything. */
async function goOn(
  deps: DialectDeps,
  paused: StoppedRun,
  request: StartRequest,
): Promise<StartedRun | undefined> {
  const { body, principal, idempotency } = request;
  if (!saysNothing(body) || (body.strict_resume && body.command?.resume != null)) return undefined;
  return begin(deps, request, paused, (leg) =>
    continueRun(deps, { ...keyOf(paused), by: principal, leg, idempotency }),
  );
}

const saysNothing = (body: RunRequest) =>
  inputOf(body) === undefined &&
  !body.checkpoint_id &&
  !body.checkpoint?.checkpoint_id &&
  !body.after_seconds;

/** The rest of a paused run, as a run of its own. */
async function begin(
  deps: DialectDeps,
  { body }: StartRequest,
  paused: RunIn<'PAUSED'>,
  decided: (leg: NewLeg) => Promise<DecidedRun>,
): Promise<StartedRun | undefined> {
  const webhook = webhookOf(body);
  if (webhook) checkWebhookUrl(webhook.url, { allowsLoopback: deps.settings.webhooksToLoopback });
  const leg = {
    id: deps.newId(),
    wire: keepRequest(body, false),
    ...(body.metadata ? { metadata: body.metadata } : {}),
    breakpoints: breakpointsOf(body),
    webhook,
  };
  try {
    const { legId, replayed } = await decided(leg);
    const thread = { orgId: paused.orgId, sessionId: paused.sessionId };
    const wire = await findWireRun(deps, thread, legId);
    return wire && { wire, replayed };
  } catch (error) {
    // Another answer was first, or it was cancelled: nothing waits for this one.
    if (error instanceof RunError && error.code === 'run_state_conflict' && !body.strict_resume)
      return undefined;
    throw error;
  }
}
