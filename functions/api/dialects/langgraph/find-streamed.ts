import * as z from 'zod';
import type { DialectDeps } from '#api/dialect-deps.ts';
import type { Run } from '#core/run/run.ts';
import { findLeg } from '#core/run/run-leg.ts';
import { findRun, keyOf } from '#core/run/run-repository.ts';
import { getRequest } from '#core/run/submit-run.ts';
import { assistantIdOf } from './assistants.ts';
import { StreamMode } from './stream-mode.ts';
import type { StreamedRun } from './streamed-run.ts';

export interface FoundRun {
  readonly run: StreamedRun;
  /** That it was asked for when it was created. */
  readonly modes: readonly StreamMode[];
}

interface RunName {
  readonly orgId: string;
  readonly runId: string;
  /** @default - any; a run that a decision began is found by its thread only */
  readonly threadId?: string;
}

const Wire = z.looseObject({ stream_mode: z.array(StreamMode).min(1) });

/** What a run of LangGraph is a part of; `undefined` where there is none. */
export async function findStreamed(
  deps: DialectDeps,
  { orgId, runId, threadId }: RunName,
): Promise<FoundRun | undefined> {
  const run = await findRun(deps, { orgId, runId });
  if (run) {
    if (threadId !== undefined && run.sessionId !== threadId) return undefined;
    const { wire } = await getRequest(deps, keyOf(run));
    return { run: toStreamed(run, run.id, 0), modes: modesIn(wire) };
  }
  if (threadId === undefined) return undefined;
  const leg = await findLeg(deps.store, { orgId, sessionId: threadId }, runId);
  const whole = leg && (await findRun(deps, { orgId, runId: leg.runId }));
  if (!whole) return undefined;
  return { run: toStreamed(whole, leg.id, leg.afterPause), modes: modesIn(leg.wire) };
}

function modesIn(wire: unknown): readonly StreamMode[] {
  const kept = Wire.safeParse(wire);
  return kept.success ? kept.data.stream_mode : ['values'];
}

export const toStreamed = (
  { id: runId, sessionId: threadId, agentId }: Run,
  id: string,
  pausesBefore: number,
): StreamedRun => ({
  id,
  threadId,
  assistantId: assistantIdOf(agentId),
  agentId,
  runId,
  pausesBefore,
});
