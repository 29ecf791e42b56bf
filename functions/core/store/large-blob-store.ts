import type { BlobStore } from './blob-store.ts';

/** Blobs that are too large to be held in memory. */
export interface LargeBlobStore extends BlobStore {
  /** As `put`, of what comes part by part; holds no more than some megabytes of it at a time. */
  putParts(key: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
  /** At most `length` bytes from `offset`; none beyond the end. @throws as `get` */
  getRange(key: string, offset: number, length: number): Promise<Uint8Array>;
}
