import type { BatchEvent } from '../outbox/outbox-event.ts';
import type { RunSettings } from '../run/deps.ts';
import type { Batch, LineCounts } from './batch.ts';
import type { BatchChange } from './batch-repository.ts';

interface Deps {
  readonly clock: { now(): number };
  readonly settings: Pick<RunSettings, 'retentionSeconds'>;
}

/** The end of a batch, which is told once. */
export function ended(
  { clock, settings }: Deps,
  batch: Batch,
  status: 'COMPLETED' | 'CANCELLED' | 'FAILED',
  failure?: Batch['failure'],
): BatchChange {
  const at = clock.now();
  return {
    batch: {
      ...batch,
      status,
      ...(failure ? { failure } : {}),
      endedAt: at,
      expiresAt: at + settings.retentionSeconds * 1000,
    },
    events: [{ type: 'Agent Run Batch Completed', status, ...toldOf(batch, at) }],
  };
}

/** What every event of a batch says; its number is given where it is written. */
export const toldOf = (batch: Batch, at: number) =>
  ({
    schemaVersion: 1,
    orgId: batch.orgId,
    batchId: batch.id,
    agentId: batch.agentId,
    seq: 0,
    at,
    lines: batch.planned.runs,
    counts: toldCounts(batch.counts),
  }) satisfies Partial<BatchEvent>;

const toldCounts = ({ invalid, COMPLETED, FAILED, CANCELLED }: LineCounts) => ({
  invalid,
  completed: COMPLETED,
  failed: FAILED,
  cancelled: CANCELLED,
});
