import { decideApproval } from '#core/approval/decide-approval.ts';
import type { TaskInput } from '#core/lifecycle-tasks.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { aPrincipal } from '../builders/a-principal.ts';

/** What a state of the run's present execution hands to its task. */
export const inputOf = (run: Run, handed: TaskInput['handed'] = {}): TaskInput => ({
  ...executionOf(run),
  handed,
});

export const decide = (
  deps: Parameters<typeof decideApproval>[0],
  run: Run,
  decision: 'APPROVE' | 'REJECT',
) =>
  decideApproval(deps, { ...keyOf(run), decision, by: aPrincipal('ann'), idempotency: undefined });
