import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { Run, RunIn } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { aWorkflowThat, isIn } from '../builders/a-run.ts';
import type { aDeployment } from './a-deployment.ts';

type Deployment = Pick<ReturnType<typeof aDeployment>, 'deps' | 'submit' | 'latest'>;

/** A run that was dispatched, and of which no function has heard. */
export async function dispatched(
  { deps, submit, latest }: Deployment,
  message = '',
): Promise<RunIn<'RUNNING'>> {
  const run: Run = await submit({ message });
  await dispatchRun({ ...deps, workflow: aWorkflowThat() }, keyOf(run));
  return isIn(await latest(run), 'RUNNING');
}
