import type { RunDeps } from '../run/deps.ts';
import { dueIndexKey, uploadKey } from '../store/keys.ts';
import { linesKey } from './batch.ts';
import type { BlobLink, BlobLinks } from './blob-links.ts';

/** How long a file may be uploaded, and how long it may then wait to become a batch. */
const uploadSeconds = 3600;
const unusedSeconds = 24 * 3600;

type Deps = Pick<RunDeps, 'store' | 'clock' | 'newId'> & { readonly links: BlobLinks };

export interface Upload {
  /** Of the batch that the file may become. */
  readonly id: string;
  readonly link: BlobLink;
}

/** A place for the lines of one batch. What is not used within a day is deleted. */
export async function createUpload(deps: Deps, orgId: string, baseUrl: string): Promise<Upload> {
  const id = deps.newId();
  const key = { orgId, batchId: id };
  const deleteAt = deps.clock.now() + unusedSeconds * 1000;
  const indexes = { due: dueIndexKey(id, deleteAt, '#UPLOAD') };
  await deps.store.transact([
    { put: { ...uploadKey(key), value: { ...key, uploadUntil: deleteAt }, indexes } },
  ]);
  const link = await deps.links.toPut(linesKey(orgId, id), uploadSeconds, baseUrl);
  return { id, link };
}
