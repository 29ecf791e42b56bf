import type { DialectDeps } from '#api/dialect-deps.ts';
import type { AgentRequest } from '#core/run/agents.ts';
import type { Run as CoreRun } from '#core/run/run.ts';
import { getRequest } from '#core/run/run-input.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { assistantIdOf } from '../assistants/assistants.ts';
import { toQuestion } from '../messages/messages.ts';
import { wireTime } from '../wire-ids.ts';
import type { Run } from './contract.ts';
import { type KeptRequest, keptRequest } from './kept-request.ts';
import { hasPaused, statusOf, type WireRun } from './wire-run.ts';

type Deps = Pick<DialectDeps, 'store' | 'blobs'>;

export async function toRun(deps: Deps, wire: WireRun): Promise<Run> {
  const { id, run, leg } = wire;
  const request = await getRequest(deps, keyOf(run));
  const kept = keptRequest(leg ? leg.wire : request.wire);
  const assistant_id = assistantIdOf(run.agentId);
  return {
    run_id: id,
    thread_id: run.sessionId,
    assistant_id,
    metadata: {
      ...(leg ? leg.metadata : run.metadata),
      created_by: 'system',
      graph_id: run.agentId,
      assistant_id,
    },
    status: statusOf(wire),
    kwargs: kwargsOf(wire, request, kept),
    multitask_strategy: kept?.multitask_strategy ?? 'enqueue',
    created_at: wireTime(leg?.createdAt ?? run.createdAt),
    updated_at: wireTime(updatedAt(wire)),
    langsmith_session_name: null,
    ...(run.status === 'CANCELLED' && !hasPaused(wire) ? { cancel_reason: run.reason } : {}),
  };
}

function updatedAt({ leg, run }: WireRun): number {
  const begun = leg?.createdAt ?? run.createdAt;
  return Math.max(begun, lastChange(run));
}

function lastChange(run: CoreRun): number {
  switch (run.status) {
    case 'QUEUED':
      return run.createdAt;
    case 'RUNNING':
      return run.startedAt;
    case 'PAUSED':
      return run.pausedAt;
    default:
      return run.completedAt;
  }
}

/** As the original shows a request: with all that a client may leave out. */
function kwargsOf({ id, run, leg }: WireRun, request: AgentRequest, kept: KeptRequest | undefined) {
  const { multitask_strategy: _, config = {}, ...shown } = kept ?? emptyRequest;
  const asked = leg || request.continues ? null : { messages: [toQuestion(run.id, request)] };
  const configurable = typeof config['configurable'] === 'object' ? config['configurable'] : {};
  return {
    ...shown,
    input: shown.input ?? asked,
    config: {
      ...config,
      metadata: { created_by: 'system' },
      configurable: {
        ...configurable,
        run_id: id,
        user_id: '',
        graph_id: run.agentId,
        thread_id: run.sessionId,
        assistant_id: assistantIdOf(run.agentId),
        checkpoint_id: null,
      },
    },
    feedback_keys: null,
    checkpoint_during: true,
  };
}

/** Of a run that was submitted in another dialect. */
const emptyRequest: KeptRequest = {
  input: null,
  command: null,
  config: {},
  context: {},
  stream_mode: ['values'],
  interrupt_before: null,
  interrupt_after: null,
  webhook: null,
  temporary: false,
  subgraphs: false,
  resumable: false,
  durability: 'async',
  multitask_strategy: 'enqueue',
};
