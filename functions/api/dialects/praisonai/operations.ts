import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { followReply, parseLastEventId } from '#api/follow-reply.ts';
import { wireId } from '#api/wire-id.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { deleteEndedRun } from '#core/run/delete-ended-run.ts';
import { pageRuns } from '#core/run/page-runs.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { getRun, keyOf, stateConflict } from '#core/run/run-repository.ts';
import { type SubmitRunCommand, submitRun } from '#core/run/submit-run.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { chooseAgent } from './choose-agent.ts';
import type { JobRequest, praisonaiContract } from './contract.ts';
import { heartbeatMs, jobEvents } from './job-events.ts';
import { runStatusesOf, utc } from './job-words.ts';
import { toJob, toResult } from './views.ts';

const firstPollSeconds = 2;

type Contract = typeof praisonaiContract;

export const praisonaiOperations = (deps: DialectDeps): Operations<Contract> => ({
  submitJob: async ({ body, principal, idempotency, claim, baseUrl }) => {
    const claimed = body.idempotency_key === undefined ? undefined : claim(body.idempotency_key);
    const command = toCommand(deps, body, principal, idempotency ?? claimed);
    const { run, replayed } = await submitRun(deps, command);
    const pollUrl = `${baseUrl}/api/v1/runs/${wireId(run.id)}`;
    return {
      body: {
        job_id: wireId(run.id),
        // The initial one, as the documentation says: all answers to one key are one answer.
        status: 'queued',
        created_at: utc(run.createdAt),
        poll_url: pollUrl,
        stream_url: `${pollUrl}/stream`,
      },
      headers: {
        location: pollUrl,
        'retry-after': `${firstPollSeconds}`,
        ...(replayed ? { 'idempotency-replayed': 'true' } : {}),
      },
    };
  },

  listJobs: async ({ query, principal }) => {
    const { status, session_id, page, page_size } = query;
    const { runs, total } = await pageRuns(deps, {
      orgId: principal.orgId,
      groupId: session_id || undefined,
      statuses: status && runStatusesOf(status),
      offset: (page - 1) * page_size,
      limit: page_size,
    });
    return { body: { jobs: runs.map(toJob), total, page, page_size } };
  },

  getJob: async ({ params, principal }) => ({
    body: toJob(await getRun(deps, { orgId: principal.orgId, runId: params.runId })),
  }),

  getResult: async ({ params, principal }) => {
    const run = await getRun(deps, { orgId: principal.orgId, runId: params.runId });
    return { body: await toResult(deps, ended(run)) };
  },

  cancelJob: async ({ params, principal }) => {
    const key = { orgId: principal.orgId, runId: params.runId };
    return { body: toJob(await cancelRun(deps, key, `Cancelled by ${principal.name}`)) };
  },

  deleteJob: async ({ params, principal }) => {
    await deleteEndedRun(deps, { orgId: principal.orgId, runId: params.runId });
    return { body: undefined };
  },

  followJob: async ({ params, principal, lastEventId, signal }) => {
    const run = await getRun(deps, { orgId: principal.orgId, runId: params.runId });
    // Whoever says nothing of what it has seen is told how the job stands, and what comes then.
    const after = lastEventId ? parseLastEventId(lastEventId) : run.lastSeq;
    return followReply(deps, {
      run: keyOf(run),
      after,
      translation: jobEvents(deps, run, after),
      signal,
      heartbeatMs,
    });
  },
});

function ended(run: Run): Run {
  if (hasEnded(run)) return run;
  throw stateConflict(run, `Run ${run.id} is ${run.status}.`);
}

/** As the original, it is told the end of a job; unlike it, any end. */
const toWebhook = (url: string) => ({
  url,
  dialect: 'praisonai',
  events: ['run.completed', 'run.failed', 'run.cancelled', 'run.timed_out'],
});

function toCommand(
  deps: DialectDeps,
  body: JobRequest,
  principal: Principal,
  idempotency: SubmitRunCommand['idempotency'],
): SubmitRunCommand {
  return {
    orgId: principal.orgId,
    userId: principal.userId,
    principal: principal.name,
    principalUserId: principal.userId,
    agentId: chooseAgent(deps, body, principal.orgId).id,
    message: body.prompt,
    media: [],
    options: {},
    generateFollowups: false,
    context: { ...body.recipe_config, ...body.config },
    groupId: body.session_id,
    timeoutSeconds: body.timeout,
    ...(body.webhook_url ? { webhook: toWebhook(body.webhook_url) } : {}),
    idempotency,
  };
}
