import { roomToSubmit } from '../queue/admit-run.ts';
import { isTerminal } from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import { type RunRing, ringFor } from '../run/run-queue.ts';
import { type SubmitDeps, type SubmitRunCommand, storeRun } from '../run/submit-run.ts';
import type { BatchKey } from '../store/keys.ts';
import type { LargeBlobStore } from '../store/large-blob-store.ts';
import { type Batch, type Chunk, groupOf, type LineError } from './batch.ts';
import type { BatchLine } from './batch-line.ts';
import { findBatch, getChunk, putChunk } from './batch-repository.ts';
import { batchRunId } from './batch-run-id.ts';
import { type NumberedLine, readChunk } from './read-chunk.ts';

export type SubmitBatchDeps = SubmitDeps & { readonly files: LargeBlobStore };

/** Lines that are stored at the same time. */
const linesAtOnce = 20;
/** Of the room that a limit leaves, which others may take at the same time, a block takes this part. */
const roomParts = 4;

/**
 * Submits the lines of a chunk that were not submitted yet. A line that was is the run that it was,
 * so a chunk may be taken up again at any time, by several at once. A line that is no request is
 * recorded and stops no other.
 * @returns whether all of it is done; not where the tenant may queue no more for now
 */
export async function submitChunk(
  deps: SubmitBatchDeps,
  key: BatchKey,
  number: number,
): Promise<boolean> {
  const [batch, chunk] = await Promise.all([findBatch(deps, key), getChunk(deps, key, number)]);
  if (batch === undefined || chunk === undefined) return true;
  const lines = (await readChunk(deps, batch, chunk)).slice(chunk.done);
  const refused = [...chunk.refused];
  let done = chunk.done;
  // Counts lag: what there was room for at first is not exceeded even if they show nothing of it.
  const mostDone = done + (await roomToSubmit(deps, key.orgId));
  while (done < chunk.lines) {
    const room = Math.min(mostDone - done, await roomToSubmit(deps, key.orgId));
    if (room === 0) break;
    // Whoever has cancelled it meanwhile looks after what was submitted so far.
    if ((await findBatch(deps, key))?.status !== 'RUNNING') break;
    const from = done - chunk.done;
    const block = lines.slice(from, from + Math.min(linesAtOnce, Math.ceil(room / roomParts)));
    const outcomes = await Promise.all(block.map((line) => submitLine(deps, batch, line)));
    await ring(deps, outcomes);
    const stop = outcomes.findIndex(({ outcome }) => outcome === 'later');
    const through = stop < 0 ? outcomes : outcomes.slice(0, stop);
    refused.push(...through.flatMap(({ refusal }) => refusal ?? []));
    done += through.length;
    if (stop >= 0) break;
  }
  await keep(deps, key, number, { done, refused });
  return done === chunk.lines;
}

/** Whoever settles runs of the chunk meanwhile goes on from where it was. */
async function keep(
  deps: Pick<SubmitDeps, 'store'>,
  key: BatchKey,
  number: number,
  progress: Pick<Chunk, 'done' | 'refused'>,
): Promise<void> {
  const latest = await getChunk(deps, key, number);
  if (latest && latest.done < progress.done)
    await deps.store.transact([putChunk(key, { ...latest, ...progress })]);
}

interface LineOutcome {
  readonly outcome: 'submitted' | 'refused' | 'blank' | 'later';
  readonly ring?: RunRing;
  readonly refusal?: LineError;
}

async function ring({ queue }: SubmitDeps, outcomes: readonly LineOutcome[]): Promise<void> {
  const rings = outcomes.flatMap((one) => one.ring ?? []);
  if (rings.length > 0) await queue.send(rings);
}

async function submitLine(
  deps: SubmitDeps,
  batch: Batch,
  { line, parsed }: NumberedLine,
): Promise<LineOutcome> {
  if (parsed === undefined) return { outcome: 'blank' };
  if ('problem' in parsed) return refusalOf(line, 'invalid_line', parsed.problem);
  try {
    const { run } = await storeRun(deps, toCommand(batch, line, parsed.line));
    return { outcome: 'submitted', ...(isTerminal(run.status) ? {} : { ring: ringFor(run) }) };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    if (error.code === 'rate_limited' || error.code === 'queue_full') return { outcome: 'later' };
    return refusalOf(line, error.code, error.message);
  }
}

const refusalOf = (line: number, code: string, message: string): LineOutcome => ({
  outcome: 'refused',
  refusal: { line, code, message },
});

function toCommand(batch: Batch, number: number, line: BatchLine): SubmitRunCommand {
  const { defaults } = batch;
  return {
    ...{ orgId: batch.orgId, agentId: batch.agentId },
    principal: batch.principal,
    principalUserId: batch.principalUserId,
    runId: batchRunId(batch.id, number),
    leavesRoom: true,
    groupId: groupOf(batch.id),
    webhook: batch.webhook,
    userId: line.userId ?? defaults.userId ?? batch.userId,
    sessionId: line.sessionId,
    message: line.message,
    media: [],
    options: { ...defaults.options, ...line.options },
    priority: line.priority ?? defaults.priority ?? 'low',
    context: { ...defaults.context, ...line.context },
    metadata: { ...defaults.metadata, ...line.metadata },
    generateFollowups: line.generateFollowups ?? defaults.generateFollowups ?? false,
    timeoutSeconds: line.timeoutSeconds ?? defaults.timeoutSeconds,
    idempotency: undefined,
  };
}
