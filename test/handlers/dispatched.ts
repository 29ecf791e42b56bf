import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { RunIn } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { aWorkflowThat, isIn } from '../builders/a-run.ts';
import type { anAccount } from './an-account.ts';

type Account = Pick<ReturnType<typeof anAccount>, 'deps' | 'submit' | 'latest'>;

/** A run that was dispatched, and of which no function has heard. */
export async function dispatched(
  { deps, submit, latest }: Account,
  message = '',
): Promise<RunIn<'RUNNING'>> {
  const run = await submit({ message });
  await dispatchRun({ ...deps, workflow: aWorkflowThat() }, keyOf(run));
  return isIn(await latest(run), 'RUNNING');
}
