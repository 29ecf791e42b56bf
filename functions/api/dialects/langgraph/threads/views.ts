import type { DialectDeps } from '#api/dialect-deps.ts';
import type { AskingRun, RunIn, StepKind } from '#core/run/run.ts';
import type { Session } from '#core/session/session.ts';
import type { SessionStanding } from '#core/session/session-standing.ts';
import { assistantIdOf } from '../assistants/assistants.ts';
import { toWireError } from '../runs/run-failure.ts';
import { toInterrupt } from '../state/interrupts.ts';
import { taskIdOf } from '../state/task-id.ts';
import type { Node } from '../streams/streamed-run.ts';
import { wireTime } from '../wire-ids.ts';
import type { Thread } from './contract.ts';
import { threadValues } from './thread-values.ts';

/** What is shown of a thread without asking its runs. */
export const metadataOf = ({ metadata, agentId }: Session) => ({
  ...metadata,
  ...(agentId === undefined ? {} : { graph_id: agentId, assistant_id: assistantIdOf(agentId) }),
});

export async function toThread(
  deps: Pick<DialectDeps, 'store' | 'blobs' | 'settings'>,
  session: Session,
  standing: SessionStanding,
): Promise<Thread> {
  const { id, createdAt } = session;
  const { status, movedAt, live, last } = standing;
  const updatedAt = Math.max(session.updatedAt ?? createdAt, movedAt ?? 0);
  const isFresh = live.length === 0 && last === undefined && movedAt === undefined;
  return {
    thread_id: id,
    created_at: wireTime(createdAt),
    updated_at: wireTime(updatedAt),
    state_updated_at: wireTime(movedAt ?? createdAt),
    metadata: metadataOf(session),
    status,
    config: {},
    values: await valuesOf(deps, session, standing),
    ...(isFresh ? {} : { error: errorOf(standing), interrupts: interruptsOf(standing) }),
  };
}

async function valuesOf(
  deps: Parameters<typeof threadValues>[0],
  { id: sessionId, orgId }: Session,
  standing: SessionStanding,
) {
  const values = await threadValues(deps, { orgId, sessionId }, standing);
  return values && { ...values };
}

function errorOf({ status, last, live }: SessionStanding): Thread['error'] {
  if (live.length > 0) return null;
  if (status === 'error' && last?.status === 'FAILED') return toWireError(last.error);
  if (status === 'interrupted' && last?.status === 'CANCELLED')
    return { error: 'UserInterrupt', message: last.reason };
  return null;
}

/** The run that a thread stands still with. */
export const pausedRun = ({ live: [first] }: SessionStanding): RunIn<'PAUSED'> | undefined =>
  first?.status === 'PAUSED' ? first : undefined;

/** What a run asks, as its thread shows it. */
export function toThreadInterrupts(run: AskingRun) {
  const { id, value } = toInterrupt(run.pendingApproval);
  return [{ id, value }];
}

export const pausedTask = (run: AskingRun) => taskIdOf({ runId: run.id, step: run.step }, 'tools');

/** The node that comes with a step of this kind. */
export const nodeOf = (kind: StepKind): Node => (kind === 'tools' ? 'tools' : 'agent');

function interruptsOf(standing: SessionStanding): Thread['interrupts'] {
  const run = pausedRun(standing);
  return run?.pendingApproval ? { [pausedTask(run)]: toThreadInterrupts(run) } : {};
}
