import type { RunDeps } from '../run/deps.ts';
import type { BatchKey } from '../store/keys.ts';
import type { LargeBlobStore } from '../store/large-blob-store.ts';
import { hasEnded, partialResultsKey, resultsKey } from './batch.ts';
import { getBatch } from './batch-repository.ts';
import { batchResults } from './batch-results.ts';
import type { BlobLink, BlobLinks } from './blob-links.ts';

const linkSeconds = 3600;
/** A caller waits for what there is so far: what takes longer to write is left out. */
const writeMs = 15_000;

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'clock'> & {
  readonly files: LargeBlobStore;
  readonly links: BlobLinks;
};

export interface BatchResults {
  readonly link: BlobLink;
  /** Whether the batch has ended, and all of its lines are there. */
  readonly complete: boolean;
}

/** The answers of a batch as a file; of one that has not ended, those that there are. @throws RunError batch_not_found */
export async function readResults(
  deps: Deps,
  key: BatchKey,
  baseUrl: string,
): Promise<BatchResults> {
  const batch = await getBatch(deps, key);
  const complete = hasEnded(batch) && batch.status !== 'FAILED';
  const blobKey = (complete ? resultsKey : partialResultsKey)(key.orgId, key.batchId);
  if (!complete) {
    const endsAt = deps.clock.now() + writeMs;
    const isLate = () => deps.clock.now() > endsAt;
    await deps.files.putParts(blobKey, batchResults(deps, batch, isLate));
  }
  return { link: await deps.links.toGet(blobKey, linkSeconds, baseUrl), complete };
}
