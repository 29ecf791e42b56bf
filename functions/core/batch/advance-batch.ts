import { roomToSubmit } from '../queue/admit-run.ts';
import { countWaiting } from '../queue/queue-state.ts';
import { cancelRun } from '../run/cancel-run.ts';
import type { RunDeps } from '../run/deps.ts';
import { RunError } from '../run/run-error.ts';
import type { RunTally } from '../run/run-tally.ts';
import type { BatchKey } from '../store/keys.ts';
import type { LargeBlobStore } from '../store/large-blob-store.ts';
import {
  addCounts,
  type Batch,
  type Chunk,
  errorsKept,
  groupOf,
  hasEnded,
  resultsKey,
  sumOf,
} from './batch.ts';
import {
  type BatchChange,
  changeBatch,
  chunksAfter,
  findBatch,
  keyOfBatch,
} from './batch-repository.ts';
import { batchResults } from './batch-results.ts';
import { batchRunId } from './batch-run-id.ts';
import type { BatchStep } from './batch-workflow.ts';
import { ended, toldOf } from './end-batch.ts';
import { planBatch } from './plan-batch.ts';
import { errorsOf, isSettled, settleChunk } from './settle-chunks.ts';

export type AdvanceDeps = Pick<
  RunDeps,
  'store' | 'blobs' | 'queue' | 'workflow' | 'clock' | 'settings' | 'log'
> & { readonly files: LargeBlobStore; readonly tally: RunTally };

/** Runs of a batch, and of its priority, that may wait at a time: beyond it nothing is submitted. */
const backlog = 1000;
const linesPerChunk = 100;
/** Those that are open, which the backlog limits, and the next ones. */
const openChunks = 30;
/** Whoever submits a line just now has stored it by then. */
const cancelGraceMs = 5000;
const toldEveryPercent = 10;

/** Does for a batch what can be done now, and says what has to be done next. */
export async function advanceBatch(deps: AdvanceDeps, key: BatchKey): Promise<BatchStep> {
  const batch = await findBatch(deps, key);
  if (batch === undefined || hasEnded(batch)) return { next: 'DONE' };
  if (batch.status === 'PLANNING') {
    await planBatch(deps, batch);
    return { next: 'CONTINUE' };
  }
  if (batch.status === 'CANCELLING' && deps.clock.now() < graceOf(batch)) return { next: 'WAIT' };
  const found = await chunksAfter(deps, key, batch.settledThrough, openChunks);
  const submitted =
    batch.status === 'CANCELLING' ? await cancelSubmitted(deps, batch, found) : found;
  const open = await settleAll(deps, batch, submitted);
  const latest = await fold(deps, batch, open);
  if (latest.settledThrough === (submitted.at(-1)?.number ?? latest.settledThrough))
    return endOrGoOn(deps, latest);
  return latest.status === 'RUNNING' ? submitNext(deps, latest, open) : { next: 'WAIT' };
}

/** All that was found has settled; there may be more than was asked for. */
async function endOrGoOn(deps: AdvanceDeps, batch: Batch): Promise<BatchStep> {
  if (batch.status === 'RUNNING' && batch.settledThrough < batch.planned.chunks)
    return { next: 'CONTINUE' };
  const status = batch.status === 'CANCELLING' ? 'CANCELLED' : 'COMPLETED';
  const key = keyOfBatch(batch);
  await deps.files.putParts(resultsKey(key.orgId, key.batchId), batchResults(deps, batch));
  await changeBatch(deps, key, (latest) =>
    latest.status === batch.status ? ended(deps, latest, status) : undefined,
  );
  return { next: 'CONTINUE' };
}

async function settleAll(deps: AdvanceDeps, batch: Batch, chunks: readonly Chunk[]) {
  const open: Chunk[] = [];
  for (const chunk of chunks) open.push(await settleChunk(deps, batch, chunk));
  return open;
}

/** Counts the chunks at the front that have settled into the batch, each once. */
function fold(deps: AdvanceDeps, seen: Batch, open: readonly Chunk[]): Promise<Batch> {
  const front = open.findIndex((chunk) => !isSettled(chunk));
  const done = front < 0 ? open : open.slice(0, front);
  const now = deps.clock.now();
  // As long as a message may take: a runtime that starts takes up what is due within that time.
  const wakeMs = deps.settings.wakeSeconds * 1000;
  const awake = (batch: Batch): Batch => ({ ...batch, wakeAt: now + wakeMs });
  return changeBatch(deps, keyOfBatch(seen), (batch) => {
    const isSame = batch.settledThrough === seen.settledThrough;
    if (hasEnded(batch) || !isSame) return undefined;
    if (done.length === 0)
      return batch.wakeAt > now + wakeMs / 2 ? undefined : { batch: awake(batch) };
    return told(
      {
        ...awake(batch),
        settledThrough: done.at(-1)?.number ?? batch.settledThrough,
        counts: done.reduce((sum, { counts }) => addCounts(sum, counts), batch.counts),
        errors: [...batch.errors, ...errorsOf(done)].slice(0, errorsKept),
      },
      now,
    );
  });
}

export const percentageOf = ({ counts, planned }: Batch) =>
  planned.runs === 0 ? 0 : Math.floor((100 * sumOf(counts)) / planned.runs);

/** Tells of each tenth once. */
function told(batch: Batch, at: number): BatchChange {
  const percentage = percentageOf(batch);
  if (percentage < batch.told + toldEveryPercent) return { batch };
  const event = { type: 'Batch Progressed', percentage, ...toldOf(batch, at) } as const;
  return { batch: { ...batch, told: percentage }, events: [event] };
}

async function submitNext(
  deps: AdvanceDeps,
  batch: Batch,
  open: readonly Chunk[],
): Promise<BatchStep> {
  const unsubmitted = open.filter(({ done, lines }) => done < lines);
  if (unsubmitted.length === 0) return { next: 'WAIT' };
  const priority = batch.defaults.priority ?? 'low';
  const own = await countAtWork(deps, batch);
  const waiting = await countWaiting(deps, batch.orgId, priority, backlog);
  const room = Math.floor((backlog - Math.max(own, waiting)) / linesPerChunk);
  // Nothing is tried before a limit lets it in: a try that is refused is work for nothing.
  const allowed = Math.ceil((await roomToSubmit(deps, batch.orgId)) / linesPerChunk);
  const chunks = unsubmitted.slice(0, Math.max(0, Math.min(room, allowed)));
  if (chunks.length === 0) return { next: 'WAIT' };
  return { next: 'SUBMIT', chunks: chunks.map(({ number }) => number) };
}

/** Those that wait for a person hold nobody back. */
const countAtWork = ({ tally }: AdvanceDeps, { id, orgId }: Batch) =>
  tally.count({ orgId, groupId: groupOf(id), statuses: ['QUEUED', 'RUNNING'] });

const graceOf = ({ cancelled }: Batch) => (cancelled?.at ?? 0) + cancelGraceMs;

/**
 * Cancels whatever lives of the lines that may have been submitted.
 * @returns the chunks that they are in, of which nothing more will be submitted
 */
async function cancelSubmitted(deps: AdvanceDeps, batch: Batch, chunks: readonly Chunk[]) {
  const partly = chunks.filter(({ done, lines }) => done < lines).slice(0, backlog / linesPerChunk);
  const submitted = chunks.filter((chunk) => chunk.done > 0 || partly.includes(chunk));
  const closed: Chunk[] = [];
  for (const chunk of submitted) {
    const lines = Array.from({ length: chunk.lines - chunk.settled }, (_, i) => i + chunk.settled);
    await Promise.all(lines.map((i) => cancelLine(deps, batch, chunk.firstLine + i)));
    closed.push({ ...chunk, done: chunk.lines });
  }
  return closed;
}

async function cancelLine(deps: AdvanceDeps, { id, orgId, cancelled }: Batch, line: number) {
  const key = { orgId, runId: batchRunId(id, line) };
  const by = cancelled?.by ?? '';
  try {
    await cancelRun(deps, key, `Cancelled with its batch by ${by}`);
  } catch (error) {
    const isOver = error instanceof RunError && overFor.has(error.code);
    if (!isOver) throw error;
  }
}

/** It was never submitted, or it has ended. */
const overFor: ReadonlySet<string> = new Set(['run_not_found', 'run_state_conflict']);
