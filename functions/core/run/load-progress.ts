import { findPause, type Pause } from '../approval/approval.ts';
import { runCheckpoints, transcriptTo } from '../session/checkpoints.ts';
import { withoutLooseEnds } from '../session/loose-ends.ts';
import type { Message } from '../session/transcript.ts';
import type { AgentRequest, AgentState, Decision } from './agents.ts';
import type { RunDeps } from './deps.ts';
import type { RunIn } from './run.ts';
import { keyOf } from './run-repository.ts';
import { getRequest } from './submit-run.ts';

/** Where a run stands, as its next step needs it. */
export interface Progress {
  readonly request: AgentRequest;
  readonly history: readonly Message[];
  readonly messages: Message[];
  state: AgentState | undefined;
  decision: Decision | undefined;
}

/** Reads from the last checkpoint what an earlier invocation left. */
export async function loadProgress(
  deps: Pick<RunDeps, 'store' | 'blobs' | 'settings'>,
  run: RunIn<'RUNNING'>,
): Promise<Progress> {
  const [{ wire: _, ...request }, history, own, pause] = await Promise.all([
    getRequest(deps, keyOf(run)),
    transcriptTo(deps, run, run.base),
    run.step > 0 ? runCheckpoints(deps, run, run.id) : [],
    run.decided === null ? undefined : findPause(deps.store, keyOf(run), run.pauses),
  ]);
  return {
    request,
    // Whoever says nothing goes on with the calls that are open; whoever says something, without.
    history: request.continues ? history : withoutLooseEnds(history),
    messages: own.flatMap((checkpoint) => checkpoint.appended),
    state: own.at(-1)?.state,
    decision: pause && decisionOf(pause),
  };
}

/** @returns `undefined` where the pause was a breakpoint */
function decisionOf({ toolCallId, callHash, decision: decided }: Pause): Decision | undefined {
  if (decided === null || toolCallId === undefined || callHash === undefined) return undefined;
  const { decision, reason, arguments: args, result } = decided;
  return { toolCallId, callHash, decision, reason, arguments: args, result };
}
