import type { RunDeps } from '../run/deps.ts';
import { RunStatus } from '../run/run.ts';
import type { RunTally } from '../run/run-tally.ts';
import { type Batch, errorsKept, groupOf, hasEnded, type LineError, sumOf } from './batch.ts';
import { chunksAfter, keyOfBatch } from './batch-repository.ts';
import { errorsOf } from './settle-chunks.ts';

/** How far a batch is. */
export interface BatchProgress {
  readonly groupId: string;
  /** As the tally has it; of a batch that has ended, exactly. */
  readonly runs: Readonly<Record<RunStatus, number>>;
  readonly invalid: number;
  readonly percentage: number;
  readonly errors: readonly LineError[];
  /** Epoch milliseconds, if it goes on as it did so far. */
  readonly estimatedEndAt: number | undefined;
}

type Deps = Pick<RunDeps, 'store' | 'clock'> & { readonly tally: RunTally };

/** Chunks at the front that have not settled; there are hardly ever more. */
const openChunks = 30;

export async function batchProgress(deps: Deps, batch: Batch): Promise<BatchProgress> {
  const groupId = groupOf(batch.id);
  const { counts } = batch;
  if (hasEnded(batch)) {
    const runs = { QUEUED: 0, RUNNING: 0, PAUSED: 0, ...counts };
    return {
      ...{ groupId, runs: onlyStatuses(runs), invalid: counts.invalid, errors: batch.errors },
      percentage: percentage(sumOf(counts), batch.planned.runs),
      estimatedEndAt: undefined,
    };
  }
  const [runs, open] = await Promise.all([
    countRuns(deps, batch, groupId),
    chunksAfter(deps, keyOfBatch(batch), batch.settledThrough, openChunks),
  ]);
  const invalid = open.reduce((sum, { refused }) => sum + refused.length, counts.invalid);
  const ended = runs.COMPLETED + runs.FAILED + runs.CANCELLED + invalid;
  return {
    ...{ groupId, runs, invalid },
    percentage: percentage(ended, batch.planned.runs),
    errors: [...batch.errors, ...errorsOf(open)].slice(0, errorsKept),
    estimatedEndAt: estimate(batch, ended, deps.clock.now()),
  };
}

async function countRuns({ tally }: Deps, { orgId }: Batch, groupId: string) {
  const count = (status: RunStatus) => tally.count({ orgId, groupId, statuses: [status] });
  const [QUEUED = 0, RUNNING = 0, PAUSED = 0, COMPLETED = 0, FAILED = 0, CANCELLED = 0] =
    await Promise.all(RunStatus.options.map(count));
  return { QUEUED, RUNNING, PAUSED, COMPLETED, FAILED, CANCELLED };
}

const onlyStatuses = ({
  QUEUED,
  RUNNING,
  PAUSED,
  COMPLETED,
  FAILED,
  CANCELLED,
}: Record<RunStatus, number>) => ({
  ...{ QUEUED, RUNNING, PAUSED, COMPLETED, FAILED, CANCELLED },
});

const percentage = (ended: number, lines: number) =>
  lines === 0 ? 0 : Math.min(100, Math.floor((100 * ended) / lines));

function estimate({ createdAt, planned }: Batch, ended: number, now: number): number | undefined {
  if (ended === 0 || planned.runs === 0) return undefined;
  return Math.round(createdAt + ((now - createdAt) * planned.runs) / ended);
}
