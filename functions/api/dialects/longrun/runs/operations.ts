import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { followReply, parseLastEventId } from '#api/follow-reply.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { listRuns } from '#core/run/list-runs.ts';
import { retryRun } from '#core/run/retry-run.ts';
import { retryRuns } from '#core/run/retry-runs.ts';
import { getRun } from '#core/run/run-repository.ts';
import { getToolCall, runToolCalls } from '#core/run/tool-calls.ts';
import { toApprovalLinkView } from './approval-link-view.ts';
import type { runsContract } from './contract.ts';
import { rawEvents } from './raw-events.ts';
import { toCallView, toListedCall } from './tool-call-views.ts';
import { toDetail, toView } from './views.ts';

export const runsOperations = (deps: DialectDeps): Operations<typeof runsContract> => ({
  listRuns: async ({ query, principal, baseUrl }) => {
    const { status, ...filters } = query;
    const page = await listRuns(deps, { ...filters, statuses: status, orgId: principal.orgId });
    return {
      body: {
        runs: page.runs.map((run) => toView(deps, run, baseUrl)),
        nextCursor: page.cursor ?? null,
      },
    };
  },

  getRun: async ({ params, principal, baseUrl }) => {
    const key = { orgId: principal.orgId, runId: params.runId };
    const run = await getRun(deps, key);
    return { body: await toDetail(deps, run, baseUrl) };
  },

  decideRun: async ({ params, body, principal, idempotency, baseUrl }) => {
    const key = { orgId: principal.orgId, runId: params.runId };
    const command = { ...key, ...body, by: principal, idempotency };
    const { run, replayed } = await decideApproval(deps, command);
    return {
      body: await toDetail(deps, run, baseUrl),
      ...(replayed ? { headers: { 'idempotency-replayed': 'true' } } : {}),
    };
  },

  makeApprovalLink: async ({ params, body, principal, baseUrl }) => {
    const run = await getRun(deps, { orgId: principal.orgId, runId: params.runId });
    return { body: await toApprovalLinkView(deps, run, body.name, baseUrl) };
  },

  retryRun: async ({ params, body, principal, idempotency, baseUrl }) => {
    const { run, replayed } = await retryRun(deps, {
      orgId: principal.orgId,
      runId: params.runId,
      principal: principal.name,
      principalUserId: principal.userId,
      fromStep: body?.fromStep,
      idempotency,
    });
    const view = toView(deps, run, baseUrl);
    return {
      body: view,
      headers: {
        location: view.links.self,
        ...(replayed ? { 'idempotency-replayed': 'true' } : {}),
      },
    };
  },

  retryRuns: async ({ body: { status, ...filter }, principal, idempotency }) => {
    const { orgId, userId, name } = principal;
    const { cursor, ...page } = await retryRuns(deps, {
      ...filter,
      ...{
        orgId,
        principal: name,
        principalUserId: userId,
        statuses: status,
        key: idempotency?.key,
      },
    });
    return { body: { ...page, nextCursor: cursor ?? null } };
  },

  listToolCalls: async ({ params, principal, baseUrl }) => {
    const run = await getRun(deps, { orgId: principal.orgId, runId: params.runId });
    const calls = await runToolCalls(deps, run);
    return { body: { toolCalls: calls.map((call) => toListedCall(run, call, baseUrl)) } };
  },

  getToolCall: async ({ params, principal }) => {
    const run = await getRun(deps, { orgId: principal.orgId, runId: params.runId });
    return { body: toCallView(await getToolCall(deps, run, params.toolCallId)) };
  },

  followRun: ({ params, principal, lastEventId, signal }) =>
    followReply(deps, {
      run: { orgId: principal.orgId, runId: params.runId },
      after: parseLastEventId(lastEventId),
      translation: rawEvents,
      signal,
    }),
});
