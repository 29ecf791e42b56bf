import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlobNotFound } from '#core/store/blob-store.ts';
import type { LargeBlobStore } from '#core/store/large-blob-store.ts';
import { blobKeyParts, blobPrefixParts } from '../blob-key.ts';

/** Blobs as files. A file has its name only once all of it is on disk. */
export class FileBlobStore implements LargeBlobStore {
  readonly #root: string;
  #written = 0;

  constructor(root: string) {
    this.#root = root;
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#write(key, (file) => file.writeFile(bytes));
  }

  putParts(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#write(key, async (file) => {
      for await (const part of parts) await file.writeFile(part);
    });
  }

  async #write(key: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
    const path = this.#path(key);
    this.#written += 1;
    const unfinished = `${path}.${process.pid}.${this.#written}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(unfinished, 'w');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  }

  async get(key: string): Promise<Uint8Array> {
    return readFile(this.#path(key)).catch(notFound(key));
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    const file = await open(this.#path(key), 'r').catch(notFound(key));
    try {
      const { size } = await file.stat();
      const wanted = Math.max(0, Math.min(length, size - offset));
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async deleteAll(prefix: string): Promise<void> {
    await rm(join(this.#root, ...blobPrefixParts(prefix)), { recursive: true, force: true });
  }

  #path(key: string): string {
    return join(this.#root, ...blobKeyParts(key));
  }
}

const notFound = (key: string) => (error: unknown) => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    throw new BlobNotFound(key, { cause: error });
  throw error;
};

/** Without this a new name may be lost in a power cut although the file's bytes are not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
