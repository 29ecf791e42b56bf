import type { ChangeDeps } from '../run/deps.ts';
import type { Run } from '../run/run.ts';
import { changeRun, keyOf } from '../run/run-repository.ts';

/** Tells once that a decision is still missing, when that is due and a decision may still come. */
export const remind = (deps: ChangeDeps, seen: Run): Promise<Run> =>
  changeRun(
    deps,
    keyOf(seen),
    (run) => {
      if (run.status !== 'PAUSED' || !run.pendingApproval) return undefined;
      const { remindAt, ...pendingApproval } = run.pendingApproval;
      const { approvalId, tool, expiresAt } = pendingApproval;
      const now = deps.clock.now();
      if (remindAt === undefined || remindAt > now || expiresAt <= now) return undefined;
      const data = { approvalId, tool, expiresAt: new Date(expiresAt).toISOString() };
      return {
        run: { ...run, pendingApproval },
        events: [{ type: 'approval.reminder', data }],
      };
    },
    seen,
  );
