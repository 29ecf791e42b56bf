import type { LargeBlobStore } from '../store/large-blob-store.ts';
import type { Batch, Chunk } from './batch.ts';
import { type ParsedLine, parseLine } from './batch-line.ts';

export interface NumberedLine {
  /** From 1. */
  readonly line: number;
  /** `undefined` for a blank one. */
  readonly parsed: ParsedLine | undefined;
}

/** The lines of a chunk, from its file. */
export async function readChunk(
  { files }: { readonly files: LargeBlobStore },
  batch: Batch,
  { offset, length, firstLine, lines }: Chunk,
): Promise<NumberedLine[]> {
  const bytes = await files.getRange(batch.fileKey, offset, length);
  const texts = new TextDecoder().decode(bytes).split('\n');
  return Array.from({ length: lines }, (_, i) => ({
    line: firstLine + i,
    parsed: parseLine(texts[i] ?? ''),
  }));
}
