import type { EmbeddedDeps } from '#adapters/embedded/embedded-runtime.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { LeasedRun } from '#core/run/leased-run.ts';
import type { Run, RunIn, RunStatus } from '#core/run/run.ts';
import { executionOf, getRun, keyOf } from '#core/run/run-repository.ts';
import { runSegment } from '#core/run/run-segment.ts';
import type { RunWorkflow } from '#core/run/run-workflow.ts';
import { type SubmitRunCommand, storeRun } from '#core/run/submit-run.ts';
import { aSubmission, type Engine } from './an-engine.ts';

/*
 * Runs in each state on an engine that does nothing by itself (`idle`): the test plays the queue,
 * the workflow and the invocations.
 */

/** A workflow that does nothing, but what a test has it do. */
export const aWorkflowThat = (does: Partial<RunWorkflow> = {}): RunWorkflow => ({
  start: async () => undefined,
  resume: async () => false,
  failWait: async () => undefined,
  stop: async () => undefined,
  outcome: async () => 'unknown',
  consoleUrl: () => undefined,
  ...does,
});

/** As Lambda has it: whether another invocation is dead, its lease alone tells. */
export const anInvocation = (owner: string, stopping = new AbortController().signal) => ({
  owner,
  isDead: () => false,
  stopping,
});

/** The ports of an engine whose workflow does nothing. */
export const withoutWorkflow = (deps: EmbeddedDeps): EmbeddedDeps => ({
  ...deps,
  workflow: aWorkflowThat(),
});

export async function aQueuedRun(engine: Engine, command: Partial<SubmitRunCommand> = {}) {
  const { run } = await storeRun(engine.deps, aSubmission(command));
  return isIn(run, 'QUEUED');
}

export async function aRunningRun(engine: Engine, command: Partial<SubmitRunCommand> = {}) {
  const run = await aQueuedRun(engine, command);
  await dispatchRun(withoutWorkflow(engine.deps), keyOf(run));
  return isIn(await latest(engine, run), 'RUNNING');
}

/** A running run that an invocation works on. */
export async function aLeasedRun(engine: Engine, command: Partial<SubmitRunCommand> = {}) {
  const run = await aRunningRun(engine, command);
  const leased = await LeasedRun.take(engine.deps, executionOf(run), anInvocation('worker'));
  if (!(leased instanceof LeasedRun)) throw new Error(`Run ${run.id} is ${leased.status}`);
  return leased;
}

/** A run whose agent asks for an approval at its first steps. */
export async function aPausedRun(engine: Engine, command: Partial<SubmitRunCommand> = {}) {
  const run = await aRunningRun(engine, command);
  await runSegment(engine.deps, executionOf(run), anInvocation('worker'));
  const paused = isIn(await latest(engine, run), 'PAUSED');
  if (!paused.pendingApproval) throw new Error(`Run ${run.id} stands at a breakpoint`);
  return paused;
}

export const latest = (engine: Engine, run: Run): Promise<Run> => getRun(engine.deps, keyOf(run));

/** @throws where the run is in another state */
export function isIn<Status extends RunStatus>(run: Run, status: Status): RunIn<Status> {
  if (!hasStatus(run, status)) throw new Error(`Run ${run.id} is ${run.status}, not ${status}`);
  return run;
}

const hasStatus = <Status extends RunStatus>(run: Run, status: Status): run is RunIn<Status> =>
  run.status === status;
