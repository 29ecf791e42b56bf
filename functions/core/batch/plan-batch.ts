import type { LargeBlobStore } from '../store/large-blob-store.ts';
import { type Batch, type Chunk, noLines } from './batch.ts';
import { type BatchChangeDeps, changeBatch, keyOfBatch, putChunk } from './batch-repository.ts';
import { ended } from './end-batch.ts';

/** What is held of a file at a time, however long it is. */
const windowBytes = 4 * 1024 * 1024;
const chunkLines = 100;
/** What a worker reads at a time; one line may be longer. */
const chunkBytes = 1024 * 1024;
const largestBatchLines = 1_000_000;
const writesPerTransaction = 90;
const newline = 0x0a;

type Deps = BatchChangeDeps & { readonly files: LargeBlobStore };

/**
 * Cuts the next part of a batch's file into chunks. What was cut before stays as it is; cutting the
 * same part again gives the same chunks.
 */
export async function planBatch(deps: Deps, batch: Batch): Promise<Batch> {
  const { offset } = batch.planned;
  const key = keyOfBatch(batch);
  const bytes = await deps.files.getRange(batch.fileKey, offset, windowBytes);
  const isLast = bytes.length < windowBytes;
  const { chunks, length } = cut(bytes, isLast, batch.planned);
  for (let i = 0; i < chunks.length; i += writesPerTransaction)
    await deps.store.transact(
      chunks.slice(i, i + writesPerTransaction).map((chunk) => putChunk(key, chunk)),
    );
  const lines = chunks.reduce((sum, chunk) => sum + chunk.lines, batch.planned.lines);
  const planned = {
    offset: offset + length,
    lines,
    chunks: batch.planned.chunks + chunks.length,
    runs: batch.planned.runs + countFilled(bytes.subarray(0, length)),
  };
  return changeBatch(deps, key, (current) => {
    if (current.status !== 'PLANNING' || current.planned.offset !== offset) return undefined;
    const wakeAt = deps.clock.now() + deps.settings.wakeSeconds * 1000;
    const next = { ...current, planned, wakeAt };
    if (lines > largestBatchLines) return ended(deps, next, 'FAILED', tooManyLines);
    if (!isLast && length === 0) return ended(deps, next, 'FAILED', endlessLine(lines + 1));
    return { batch: isLast ? { ...next, status: 'RUNNING' } : next };
  });
}

const tooManyLines = {
  code: 'too_many_lines',
  message: `A batch may have at most ${largestBatchLines} lines.`,
};
const endlessLine = (line: number) => ({
  code: 'line_too_long',
  message: `Line ${line} does not end within ${windowBytes} bytes.`,
});

/** @returns the chunks of all lines that end in these bytes, and the length of these lines */
function cut(bytes: Uint8Array, isLast: boolean, planned: Batch['planned']) {
  const chunks: Chunk[] = [];
  const place = { start: 0, end: 0, lines: 0, firstLine: planned.lines + 1 };
  const close = () => {
    if (place.lines === 0) return;
    const { start, end, lines, firstLine } = place;
    chunks.push({
      number: planned.chunks + chunks.length + 1,
      offset: planned.offset + start,
      length: end - start,
      firstLine,
      lines,
      ...unsubmitted,
    });
    Object.assign(place, { start: end, lines: 0, firstLine: firstLine + lines });
  };
  for (const end of lineEnds(bytes, isLast)) {
    place.end = end;
    place.lines += 1;
    if (place.lines === chunkLines || end - place.start >= chunkBytes) close();
  }
  close();
  return { chunks, length: place.end };
}

const unsubmitted = { done: 0, settled: 0, counts: noLines, refused: [], failures: [] };

/** Where lines end, the line break included; the last one of a file need not have one. */
function* lineEnds(bytes: Uint8Array, isLast: boolean): Generator<number> {
  let end = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
    end = at + 1;
    yield end;
  }
  if (isLast && end < bytes.length) yield bytes.length;
}

/** Lines that are not blank. */
function countFilled(bytes: Uint8Array): number {
  let count = 0;
  let isFilled = false;
  for (const byte of bytes) {
    if (byte === newline) {
      if (isFilled) count += 1;
      isFilled = false;
    } else if (!blanks.has(byte)) isFilled = true;
  }
  return isFilled ? count + 1 : count;
}

/** Space, tab, carriage return, and the bytes of a byte order mark. */
const blanks = new Set([0x20, 0x09, 0x0d, 0xef, 0xbb, 0xbf]);
