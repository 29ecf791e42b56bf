import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlobNotFound, type BlobStore } from '#core/store/blob-store.ts';
import { blobKeyParts, blobPrefixParts } from '../blob-key.ts';

/** Blobs as files. A file has its name only once all of it is on disk. */
export class FileBlobStore implements BlobStore {
  readonly #root: string;
  #written = 0;

  constructor(root: string) {
    this.#root = root;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(key);
    this.#written += 1;
    const unfinished = `${path}.${process.pid}.${this.#written}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(unfinished, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  }

  async get(key: string): Promise<Uint8Array> {
    try {
      return await readFile(this.#path(key));
    } catch (error) {
      if (isMissing(error)) throw new BlobNotFound(key, { cause: error });
      throw error;
    }
  }

  async deleteAll(prefix: string): Promise<void> {
    await rm(join(this.#root, ...blobPrefixParts(prefix)), { recursive: true, force: true });
  }

  #path(key: string): string {
    return join(this.#root, ...blobKeyParts(key));
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Without this a new name may be lost in a power cut although the file's bytes are not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
