import type * as z from 'zod';
import { iso } from '#api/iso.ts';
import type { Batch } from '#core/batch/batch.ts';
import { type BatchProgress, batchProgress } from '#core/batch/batch-progress.ts';
import type { BatchView } from './contract.ts';

type Deps = Parameters<typeof batchProgress>[0];

export async function toBatchView(
  deps: Deps,
  batch: Batch,
  baseUrl: string,
): Promise<z.input<typeof BatchView>> {
  const progress = await batchProgress(deps, batch);
  const self = `${baseUrl}/api/batches/${batch.id}`;
  const { endedAt, failure } = batch;
  return {
    id: batch.id,
    agentId: batch.agentId,
    status: batch.status,
    groupId: progress.groupId,
    createdAt: iso(batch.createdAt),
    endedAt: endedAt === undefined ? null : iso(endedAt),
    lines: batch.status === 'PLANNING' ? null : batch.planned.runs,
    counts: countsOf(progress),
    percentage: progress.percentage,
    estimatedEndAt: progress.estimatedEndAt === undefined ? null : iso(progress.estimatedEndAt),
    errors: [...progress.errors],
    ...(failure ? { failure } : {}),
    links: { self, results: `${self}/results` },
  };
}

const countsOf = ({ invalid, runs }: BatchProgress) => ({ INVALID: invalid, ...runs });
