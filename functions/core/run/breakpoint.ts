import { approvalIdOf, createPause } from '../approval/approval.ts';
import { callsLeftOpen } from '../session/loose-ends.ts';
import type { Message } from '../session/transcript.ts';
import type { Breakpoints, RunIn, StepKind } from './run.ts';
import { keyOf, type RunChange } from './run-repository.ts';

/** How long a run stands at a breakpoint before it is cancelled. */
const standsSeconds = 7 * 24 * 3600;

/** What an agent does next after this transcript. */
export const stepAfter = (messages: readonly Message[]): StepKind =>
  callsLeftOpen(messages).length > 0 ? 'tools' : 'model';

/**
 * Whether a run stops between two of its steps. The calls of one turn are one thing to stop at,
 * though each is a step, and so is an answer that the model has to give again.
 * @param done `undefined` before the first step
 */
export function stopsAt(
  { before, after }: Breakpoints,
  done: StepKind | undefined,
  next: StepKind,
): boolean {
  if (done === next) return false;
  return before.includes(next) || (done !== undefined && after.includes(done));
}

/** The run waits for its caller to let it go on. It keeps its slot and its turn. */
export function stopped(run: RunIn<'RUNNING'>, next: StepKind, now: number): RunChange {
  const pauses = run.pauses + 1;
  return {
    run: {
      ...run,
      status: 'PAUSED',
      pauses,
      pausedAt: now,
      pausedBy: 'breakpoint',
      breakpoint: { next, expiresAt: now + standsSeconds * 1000 },
    },
    events: [{ type: 'run.paused', data: { next } }],
    writes: [
      createPause(keyOf(run), pauses, {
        approvalId: approvalIdOf(run.id, pauses),
        taskToken: null,
        decision: null,
      }),
    ],
  };
}
