import type { WebhookBodyBuilder } from '#api/webhook-body-builder.ts';
import { lastCheckpoint, type Run } from '#core/run/run.ts';
import { sessionLegs } from '#core/run/run-leg.ts';
import { branchOf } from '#core/session/checkpoints.ts';
import type { SessionKey } from '#core/store/keys.ts';
import { toInterrupt } from '../state/interrupts.ts';
import { messagesOf } from '../threads/thread-values.ts';
import { wireTime } from '../wire-ids.ts';
import { toWireError } from './run-failure.ts';
import { toRun } from './views.ts';
import type { WireRun } from './wire-run.ts';

/** The run with what it has come to, also when it stops to ask a person: a success, as it reads then. */
export const langgraphWebhook: WebhookBodyBuilder = async (deps, run, event) => {
  const thread = { orgId: run.orgId, sessionId: run.sessionId };
  const hasAsked = event.type === 'run.paused';
  const wire = await legOf(deps, thread, run, hasAsked);
  const [view, branch] = await Promise.all([
    toRun(deps, wire),
    branchOf(deps, thread, lastCheckpoint(run)),
  ]);
  const begunAt = 'startedAt' in run ? run.startedAt : null;
  return {
    ...view,
    ...(hasAsked ? { status: 'success' } : {}),
    run_started_at: wireTime(wire.leg?.createdAt ?? begunAt ?? run.createdAt),
    run_ended_at: wireTime(event.at),
    webhook_sent_at: wireTime(deps.clock.now()),
    values: {
      messages: messagesOf(branch),
      ...(run.status === 'PAUSED' && run.pendingApproval
        ? { __interrupt__: [toInterrupt(run.pendingApproval)] }
        : {}),
    },
    ...(run.status === 'FAILED' ? { error: toWireError(run.error) } : {}),
  };
};

/** The part of the run that the event ends. */
async function legOf(
  deps: Parameters<WebhookBodyBuilder>[0],
  thread: SessionKey,
  run: Run,
  hasAsked: boolean,
): Promise<WireRun> {
  const legs = await sessionLegs(deps.store, thread);
  const before = hasAsked ? run.pauses : run.pauses + 1;
  const leg = legs.findLast((one) => one.runId === run.id && one.afterPause < before);
  return { id: leg?.id ?? run.id, run, leg };
}
