import type { OperationRequest, Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { followReply, parseLastEventId } from '#api/follow-reply.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { pageRuns } from '#core/run/page-runs.ts';
import { hasEnded } from '#core/run/run.ts';
import { invalidInput } from '#core/run/run-error.ts';
import { getRun } from '#core/run/run-repository.ts';
import { type SubmitRunCommand, submitRun } from '#core/run/submit-run.ts';
import type { Principal } from '#core/tenant/principal.ts';
import type { backgroundTasksContract } from './contract.ts';
import { progressEvents } from './progress-events.ts';
import { statusesFor, toSpawned, toTask } from './views.ts';

type Contract = typeof backgroundTasksContract;

export const backgroundTasksOperations = (deps: DialectDeps): Operations<Contract> => ({
  spawnTask: async (request) => {
    checkTaskType(deps, request);
    const { run, replayed } = await submitRun(deps, toCommand(request));
    return {
      body: toSpawned(run, request.body),
      ...(replayed ? { headers: { 'idempotency-replayed': 'true' } } : {}),
    };
  },

  listTasks: async ({ query, principal }) => {
    const { workspace_id, status, ...page } = query;
    const { runs, total } = await pageRuns(deps, {
      ...page,
      orgId: principal.orgId,
      groupId: workspace_id,
      ...(status === undefined ? {} : { statuses: statusesFor(status) }),
    });
    return { body: { tasks: await Promise.all(runs.map((run) => toTask(deps, run))), total } };
  },

  getTask: async ({ params, principal }) => ({
    body: await toTask(deps, await getRun(deps, keyOfTask(params, principal))),
  }),

  cancelTask: async ({ params, principal }) => {
    const reason = `Cancelled by ${principal.name}`;
    const run = await cancelRun(deps, keyOfTask(params, principal), reason);
    return { body: await toTask(deps, run) };
  },

  followTask: async ({ params, principal, lastEventId, signal }) => {
    const seen = parseLastEventId(lastEventId);
    const run = await getRun(deps, keyOfTask(params, principal));
    const hasMissed = seen > 0 && seen < run.lastSeq;
    const polls = seen > 0 && !deps.waiting.streaming && !hasEnded(run);
    // What was missed tells where the task is; who polls for the next event waits for that.
    const tells = !hasMissed && !polls;
    return followReply(deps, {
      run: { orgId: run.orgId, runId: run.id },
      after: hasMissed ? seen : run.lastSeq,
      translation: progressEvents(deps, run, tells),
      headIsNews: tells,
      signal,
    });
  },
});

const keyOfTask = ({ task_id }: { task_id: string }, { orgId }: Principal) => ({
  orgId,
  runId: task_id,
});

type Spawn = OperationRequest<Contract['spawnTask']>;

/** A type of tasks is the id of an agent. @throws RunError invalid_input naming those that there are */
function checkTaskType({ agents }: DialectDeps, { body, principal }: Spawn): void {
  if (agents.find(body.task_type, principal.orgId)) return;
  const known = agents.list(principal.orgId).map(({ id }) => id);
  const message = `must be one of ${known.join(', ')}`;
  throw invalidInput([{ in: 'body', field: 'task_type', message }]);
}

/** In a session of its own: tasks of one conversation wait for nobody. */
function toCommand({ body, principal, idempotency }: Spawn): SubmitRunCommand {
  const { workspace_id, conversation_id, target_document_id } = body;
  return {
    orgId: principal.orgId,
    userId: principal.userId,
    principal: principal.name,
    principalUserId: principal.userId,
    agentId: body.task_type,
    message: body.prompt,
    media: [],
    options: {},
    generateFollowups: false,
    idempotency,
    groupId: workspace_id,
    context: {
      workspace_id,
      conversation_id,
      ...(target_document_id ? { target_document_id } : {}),
    },
    wire: { conversationId: conversation_id },
  };
}
