import { approvalIdOf } from '../approval/approval.ts';
import type { RunSettings } from './deps.ts';
import type { RunIn } from './run.ts';

/** The run at work again, without the time that it has stood still. `at` in epoch milliseconds. */
export const resumedRun = (
  { wakeSeconds }: Pick<RunSettings, 'wakeSeconds'>,
  run: RunIn<'PAUSED'>,
  at: number,
): RunIn<'RUNNING'> => ({
  ...run,
  status: 'RUNNING',
  deadline: run.deadline + (at - run.pausedAt),
  lease: null,
  decided: approvalIdOf(run.id, run.pauses),
  begun: null,
  wakes: 0,
  wakeAt: at + wakeSeconds * 1000,
});
