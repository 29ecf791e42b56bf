import type * as z from 'zod';
import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { eventStreamHeaders, toEventStream } from '#api/event-stream.ts';
import { listRuns } from '#core/run/list-runs.ts';
import { type Run, RunOutput } from '#core/run/run.ts';
import { invalidInput } from '#core/run/run-error.ts';
import { executionOf, getRun } from '#core/run/run-repository.ts';
import { getRequest } from '#core/run/submit-run.ts';
import { followRun } from '#core/run/watch-run.ts';
import { loadValue } from '#core/store/stored-value.ts';
import type { longrunContract, RunView } from './contract.ts';
import { firstPage, firstPageHeaders } from './first-page.ts';

const heartbeatMs = 15_000;
const streamReconnectMs = 3000;
const pollReconnectMs = 100;

export const longrunOperations = (deps: DialectDeps): Operations<typeof longrunContract> => ({
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
    const [{ message }, output] = await Promise.all([
      getRequest(deps, key),
      run.status === 'COMPLETED' ? loadValue(deps, run.output, RunOutput) : undefined,
    ]);
    return { body: { ...toView(deps, run, baseUrl), message, ...(output ? { output } : {}) } };
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

const iso = (at: number) => new Date(at).toISOString();

function toView(deps: DialectDeps, run: Run, baseUrl: string): z.input<typeof RunView> {
  const self = `${baseUrl}/api/runs/${run.id}`;
  const execution = run.epoch > 0 ? deps.workflow.consoleUrl(executionOf(run)) : undefined;
  return {
    id: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    userId: run.userId,
    submittedBy: run.principal,
    status: run.status,
    message: run.messagePreview,
    createdAt: iso(run.createdAt),
    startedAt: 'startedAt' in run && run.startedAt !== null ? iso(run.startedAt) : null,
    completedAt: 'completedAt' in run ? iso(run.completedAt) : null,
    usage: run.usage,
    ...(run.status === 'PAUSED' ? { pendingApproval: toApproval(run.pendingApproval) } : {}),
    ...(run.status === 'FAILED' ? { error: run.error } : {}),
    ...(run.status === 'CANCELLED' ? { reason: run.reason } : {}),
    links: { self, events: `${self}/events`, ...(execution ? { execution } : {}) },
  };
}

const toApproval = ({
  approvalId,
  tool,
  arguments: args,
  reason,
  requestedAt,
  expiresAt,
}: Extract<Run, { status: 'PAUSED' }>['pendingApproval']) => ({
  approvalId,
  tool,
  arguments: args,
  reason,
  requestedAt: iso(requestedAt),
  expiresAt: iso(expiresAt),
});
