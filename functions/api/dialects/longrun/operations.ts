import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { eventStreamHeaders, toEventStream } from '#api/event-stream.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { listRuns } from '#core/run/list-runs.ts';
import { invalidInput } from '#core/run/run-error.ts';
import { getRun } from '#core/run/run-repository.ts';
import { getToolCall, runToolCalls } from '#core/run/tool-calls.ts';
import { followRun } from '#core/run/watch-run.ts';
import type { longrunContract } from './contract.ts';
import { firstPage, firstPageHeaders } from './first-page.ts';
import { toCallView, toListedCall } from './tool-call-views.ts';
import { toDetail, toView } from './views.ts';
import { webhookOperations } from './webhook-operations.ts';

const heartbeatMs = 15_000;
const streamReconnectMs = 3000;
const pollReconnectMs = 100;

export const longrunOperations = (deps: DialectDeps): Operations<typeof longrunContract> => ({
  ...webhookOperations(deps),

  firstPage: async () => ({ body: await firstPage(), headers: firstPageHeaders }),

  health: async () => ({ body: { status: 'healthy' } }),

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
    const command = { ...key, ...body, by: principal.name, idempotency };
    const { run, replayed } = await decideApproval(deps, command);
    return {
      body: await toDetail(deps, run, baseUrl),
      ...(replayed ? { headers: { 'idempotency-replayed': 'true' } } : {}),
    };
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

  followRun: async ({ params, principal, lastEventId, signal }) => {
    const key = { orgId: principal.orgId, runId: params.runId };
    const { streaming, limitMs, streamLimitMs } = deps.waiting;
    const asked = parseLastEventId(lastEventId);
    const { lastSeq } = await getRun(deps, key);
    // Nobody has seen more than there is: a larger number belongs to another run.
    const after = Math.min(asked, lastSeq);
    // Where nothing leaves before the end, the stream is a poll that waits for the next events.
    const options = streaming
      ? { heartbeatMs, ...(streamLimitMs === undefined ? {} : { limitMs: streamLimitMs }) }
      : { heartbeatMs: limitMs, limitMs, once: true };
    const reconnectMs = streaming ? streamReconnectMs : pollReconnectMs;
    return {
      body: toEventStream(followRun(deps, key, after, options, signal), reconnectMs),
      headers: eventStreamHeaders,
    };
  },
});

function parseLastEventId(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,9}$/.test(text))
    throw invalidInput([{ field: 'Last-Event-ID', message: 'must be the id of an event' }]);
  return Number(text);
}
