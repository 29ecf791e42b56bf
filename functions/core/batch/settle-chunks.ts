import type { RunDeps } from '../run/deps.ts';
import { hasEnded, type Run } from '../run/run.ts';
import { toRun } from '../run/run-repository.ts';
import { runKey } from '../store/keys.ts';
import { addCounts, type Batch, type Chunk, errorsKept, type LineError, noLines } from './batch.ts';
import { keyOfBatch, putChunk } from './batch-repository.ts';
import { batchRunId } from './batch-run-id.ts';

/** Runs that are read at a time, to find the first that has not ended. */
const runsPerRead = 20;

/**
 * Counts the runs of a chunk that have ended, from the first line on to the first that has not: they
 * end in about the order in which they were submitted, so that hardly a run is read twice.
 * @returns the chunk as it is now
 */
export async function settleChunk(
  deps: Pick<RunDeps, 'store'>,
  batch: Batch,
  chunk: Chunk,
): Promise<Chunk> {
  let now = chunk;
  while (now.settled < now.done) {
    const lines = Array.from(
      { length: Math.min(runsPerRead, now.done - now.settled) },
      (_, i) => now.firstLine + now.settled + i,
    );
    const keys = lines.map((line) =>
      runKey({ orgId: batch.orgId, runId: batchRunId(batch.id, line) }),
    );
    const runs = (await deps.store.getMany(keys)).map(toRun);
    const firstLive = runs.findIndex((run) => run !== undefined && !hasEnded(run));
    const settled = firstLive < 0 ? runs.length : firstLive;
    now = withSettled(now, lines, runs.slice(0, settled));
    if (firstLive >= 0) break;
  }
  if (now.settled > chunk.settled) await deps.store.transact([putChunk(keyOfBatch(batch), now)]);
  return now;
}

function withSettled(
  chunk: Chunk,
  lines: readonly number[],
  runs: readonly (Run | undefined)[],
): Chunk {
  const counts = { ...noLines };
  const failures: LineError[] = [];
  for (const [i, run] of runs.entries()) {
    const line = lines[i] ?? 0;
    if (run === undefined) counts.invalid += isRefused(chunk, line) ? 1 : 0;
    else if (hasEnded(run)) counts[run.status] += 1;
    if (run?.status === 'FAILED') failures.push({ line, runId: run.id, ...run.error });
  }
  return {
    ...chunk,
    settled: chunk.settled + runs.length,
    counts: addCounts(chunk.counts, counts),
    failures: [...chunk.failures, ...failures].slice(0, errorsKept),
  };
}

const isRefused = ({ refused }: Chunk, line: number) => refused.some((one) => one.line === line);

export const isSettled = ({ settled, lines }: Chunk) => settled === lines;

/** The first lines of these chunks that have no answer. */
export const errorsOf = (chunks: readonly Chunk[]): LineError[] =>
  chunks
    .flatMap(({ refused, failures }) => [...refused, ...failures])
    .toSorted((a, b) => a.line - b.line)
    .slice(0, errorsKept);
