import { type DecideApprovalCommand, decideApproval } from '#core/approval/decide-approval.ts';
import type { RunDeps } from '#core/run/deps.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { Run } from '#core/run/run.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import { type SubmitRunCommand, storeRun, submitRun } from '#core/run/submit-run.ts';
import { aPrincipal } from '../../builders/a-principal.ts';
import { aSubmission } from '../../builders/an-engine.ts';
import type { CrashWorld } from './crash-world.ts';

export const sessionId = '00000000-0000-4000-8000-000000000000';

export const aWork = (message: string, more: Partial<SubmitRunCommand> = {}) =>
  aSubmission({ agentId: 'worker', message, ...more });

/** Whose workflow hears nothing. */
export const withoutWorkflow = <Deps extends Pick<RunDeps, 'workflow'>>(deps: Deps): Deps => ({
  ...deps,
  workflow: {
    start: async () => undefined,
    resume: async () => false,
    failWait: async () => undefined,
    stop: async () => undefined,
    outcome: (execution) => deps.workflow.outcome(execution),
    consoleUrl: () => undefined,
  },
});

/** A run that nobody was rung for. */
export async function aStoredRun(world: CrashWorld, ...work: Parameters<typeof aWork>) {
  const { run } = await storeRun(world.deps, aWork(...work));
  return run;
}

/** A running run without an execution. */
export async function aDispatchedRun(world: CrashWorld, ...work: Parameters<typeof aWork>) {
  const run = await aStoredRun(world, ...work);
  await dispatchRun(withoutWorkflow(world.deps), keyOf(run));
  return now(world, run);
}

/** A run that went as far as it goes without a person. */
export async function aSettledRun(world: CrashWorld, ...work: Parameters<typeof aWork>) {
  const { run } = await submitRun(world.deps, aWork(...work));
  await world.quiet();
  return now(world, run);
}

export const now = (world: CrashWorld, run: Run): Promise<Run> => getRun(world.deps, keyOf(run));

export const decide = (
  deps: Parameters<typeof decideApproval>[0],
  run: Run,
  more: Partial<DecideApprovalCommand> = {},
) =>
  decideApproval(deps, {
    ...keyOf(run),
    decision: 'APPROVE',
    by: aPrincipal('ann'),
    idempotency: undefined,
    ...more,
  });
