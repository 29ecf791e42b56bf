import type * as z from 'zod';
import type { OperationReply, OperationRequest, Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { waitReply } from '#api/wait-reply.ts';
import { wireId } from '#api/wire-id.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { Run } from '#core/run/run.ts';
import { RunError, runNotFound } from '#core/run/run-error.ts';
import { getRun, getRuns } from '#core/run/run-repository.ts';
import {
  type MediaInput,
  type SubmitRunCommand,
  storeRun,
  submitRun,
} from '#core/run/submit-run.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { type RunRequest, RunResponse, type runsContract } from './contract.ts';
import { toAgentRun, toRunResponse } from './views.ts';

type Contract = typeof runsContract;

export const runsOperations = (deps: DialectDeps): Operations<Contract> => ({
  run: async (request) => {
    const { run, replayed } = await storeRun(deps, toCommand(request));
    if (!replayed) await dispatchRun(deps, { orgId: run.orgId, runId: run.id });
    return wait(deps, request, run, replayed);
  },

  submitBackgroundRun: async (request) => {
    const { run, replayed } = await submitRun(deps, toCommand(request));
    return {
      body: { runId: wireId(run.id), status: 'QUEUED' },
      headers: replayedHeader(replayed),
    };
  },

  getRunStatus: async ({ params, principal }) => ({
    body: await toAgentRun(deps, await getRunOf(deps, params, principal)),
  }),

  getRunStatuses: async ({ params, query, principal }) => {
    checkAgent(deps, params.agentId, principal);
    const keys = query.runIds.map((runId) => ({ orgId: principal.orgId, runId }));
    const runs = await getRuns(deps, keys);
    const own = runs.filter((run) => run.agentId === params.agentId);
    return { body: await Promise.all(own.map((run) => toAgentRun(deps, run))) };
  },

  continueRun: async (request) => {
    const { params, principal, body, idempotency } = request;
    const before = await getRunOf(deps, params, principal);
    const { run, replayed } = await decideApproval(deps, {
      orgId: before.orgId,
      runId: before.id,
      decision: body.action,
      approvalId: body.approvalId,
      by: principal,
      reason: body.reason,
      arguments: body.arguments,
      idempotency,
    });
    return wait(deps, request, run, replayed);
  },

  cancelRun: async ({ params, principal }) => {
    const run = await getRunOf(deps, params, principal);
    await cancelRun(deps, { orgId: run.orgId, runId: run.id }, `Cancelled by ${principal.name}`);
    return { body: undefined };
  },
});

/** A run of another agent is as unknown as one of another tenant. */
async function getRunOf(
  deps: DialectDeps,
  { agentId, runId }: { agentId: string; runId: string },
  { orgId }: Principal,
): Promise<Run> {
  checkAgent(deps, agentId, { orgId });
  const run = await getRun(deps, { orgId, runId });
  if (run.agentId !== agentId) throw runNotFound(runId);
  return run;
}

export function checkAgent(
  deps: DialectDeps,
  agentId: string,
  { orgId }: Pick<Principal, 'orgId'>,
): void {
  if (deps.agents.find(agentId, orgId) === undefined)
    throw new RunError('agent_not_found', `There is no agent ${agentId}.`);
}

type Waiting = OperationRequest<Contract['run']> | OperationRequest<Contract['continueRun']>;

const wait = (
  deps: DialectDeps,
  { signal, baseUrl, params }: Waiting,
  run: Run,
  replayed: boolean,
): Promise<OperationReply<z.input<typeof RunResponse>>> =>
  waitReply(deps, run, signal, RunResponse, (latest) => toRunResponse(deps, latest), {
    ...replayedHeader(replayed),
    location: `${baseUrl}/api/agents/${params.agentId}/runs/${wireId(run.id)}/status`,
  });

export const replayedHeader = (replayed: boolean): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};

type Submission = Pick<
  OperationRequest<Contract['run']>,
  'params' | 'body' | 'principal' | 'idempotency'
>;

export function toCommand({ params, body, principal, idempotency }: Submission): SubmitRunCommand {
  return {
    orgId: principal.orgId,
    userId: body.userId ?? principal.userId,
    principal: principal.name,
    principalUserId: principal.userId,
    agentId: params.agentId,
    sessionId: body.sessionId ?? undefined,
    message: body.message,
    media: (body.media ?? []).map(toMedia),
    options: body.options ?? {},
    priority: body.priority ?? undefined,
    generateFollowups: body.generateFollowups ?? false,
    idempotency,
  };
}

type WireMedia = NonNullable<z.output<typeof RunRequest>['media']>[number];

const toMedia = ({ type, data }: WireMedia): MediaInput =>
  /^https?:\/\//i.test(data)
    ? { mediaType: type, url: data }
    : { mediaType: type, bytes: Buffer.from(data, 'base64') };
