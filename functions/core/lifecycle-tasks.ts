import * as z from 'zod';
import { registerPause } from './approval/register-pause.ts';
import type { LifecycleTask } from './lifecycle.ts';
import type { RunDeps, SegmentDeps } from './run/deps.ts';
import { expirePause, finalizeRun } from './run/finalize-run.ts';
import { runSegment, type SegmentInvocation } from './run/run-segment.ts';

/** What a state of the lifecycle hands to its task. */
export const TaskInput = z.object({
  orgId: z.string(),
  runId: z.string(),
  epoch: z.number(),
  /** What the state before handed on. */
  handed: z.record(z.string(), z.unknown()).default({}),
  /** Only where the state waits for it. */
  taskToken: z.string().optional(),
});
export type TaskInput = z.infer<typeof TaskInput>;

/** A task's outcome: `next` chooses the next state, the rest is handed on. */
export const TaskOutcome = z.looseObject({ next: z.string() });
export type TaskOutcome = z.infer<typeof TaskOutcome>;

export type LifecycleTasks = Readonly<
  Record<LifecycleTask, (input: TaskInput) => Promise<TaskOutcome | undefined>>
>;

export const segmentTask = async (
  deps: SegmentDeps,
  { orgId, runId, epoch }: TaskInput,
  invocation: SegmentInvocation,
): Promise<TaskOutcome> => ({ ...(await runSegment(deps, { orgId, runId, epoch }, invocation)) });

const PauseInput = z.object({ approvalId: z.string(), taskToken: z.string() });

export async function registerPauseTask(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log' | 'workflow'>,
  { handed, taskToken, orgId, runId }: TaskInput,
): Promise<undefined> {
  await registerPause(deps, { orgId, runId, ...PauseInput.parse({ ...handed, taskToken }) });
}

export const expirePauseTask = async (
  deps: Parameters<typeof expirePause>[0],
  { orgId, runId, epoch }: TaskInput,
): Promise<TaskOutcome> => ({ ...(await expirePause(deps, { orgId, runId, epoch })) });

const FailureInput = z.object({
  cause: z.string().default('The workflow ended before the run did.'),
});

export const finalizeTask = async (
  deps: Parameters<typeof finalizeRun>[0],
  { handed, orgId, runId, epoch }: TaskInput,
): Promise<TaskOutcome> => ({
  ...(await finalizeRun(deps, { orgId, runId, epoch }, FailureInput.parse(handed).cause)),
});
