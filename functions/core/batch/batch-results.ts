import type { RunDeps } from '../run/deps.ts';
import { type Run, RunOutput } from '../run/run.ts';
import { toRun } from '../run/run-repository.ts';
import { runKey } from '../store/keys.ts';
import { loadValue } from '../store/stored-value.ts';
import type { Batch, Chunk } from './batch.ts';
import { chunksAfter, keyOfBatch } from './batch-repository.ts';
import { batchRunId } from './batch-run-id.ts';

type Deps = Pick<RunDeps, 'store' | 'blobs'>;

/** Chunks that are read at a time. */
const chunksPerRead = 20;

export interface ResultLine {
  readonly line: number;
  readonly status: Run['status'] | 'INVALID';
  readonly runId?: string;
  readonly sessionId?: string;
  readonly output?: RunOutput;
  readonly error?: { readonly code: string; readonly message: string };
}

/**
 * JSON lines with what became of each line of the batch, chunk by chunk in their order; of lines that
 * are not submitted there is none.
 * @param until asked before each chunk; the rest is left out once it says so
 */
export async function* batchResults(
  deps: Deps,
  batch: Batch,
  until: () => boolean = () => false,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let after = 0; after < batch.planned.chunks; ) {
    const chunks = await chunksAfter(deps, keyOfBatch(batch), after, chunksPerRead);
    for (const chunk of chunks) {
      if (until()) return;
      const lines = await resultsOf(deps, batch, chunk);
      yield encoder.encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    }
    after = chunks.at(-1)?.number ?? batch.planned.chunks;
  }
}

async function resultsOf(deps: Deps, batch: Batch, chunk: Chunk): Promise<ResultLine[]> {
  if (chunk.done === 0) return [];
  const lines = Array.from({ length: chunk.lines }, (_, i) => chunk.firstLine + i);
  const keys = lines.map((line) =>
    runKey({ orgId: batch.orgId, runId: batchRunId(batch.id, line) }),
  );
  const runs = (await deps.store.getMany(keys)).map(toRun);
  const results = await Promise.all(lines.map((line, i) => resultOf(deps, chunk, line, runs[i])));
  return results.flatMap((result) => result ?? []);
}

async function resultOf(
  deps: Deps,
  { refused }: Chunk,
  line: number,
  run: Run | undefined,
): Promise<ResultLine | undefined> {
  if (run === undefined) {
    const refusal = refused.find((one) => one.line === line);
    if (refusal === undefined) return undefined;
    const { code, message } = refusal;
    return { line, status: 'INVALID', error: { code, message } };
  }
  const { id: runId, sessionId, status } = run;
  const result = { line, runId, sessionId, status };
  if (run.status === 'COMPLETED')
    return { ...result, output: await loadValue(deps, run.output, RunOutput) };
  return run.status === 'FAILED' ? { ...result, error: run.error } : result;
}
