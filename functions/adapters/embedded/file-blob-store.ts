import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobStore } from '#core/store/blob-store.ts';

/** No part of a key leads anywhere but down. */
const partPattern = /^(?!\.{1,2}$)[\w.-]+$/;

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
    return readFile(this.#path(key));
  }

  async deleteAll(prefix: string): Promise<void> {
    if (!prefix.endsWith('/')) throw new Error(`No blob key: ${prefix}`);
    await rm(this.#path(prefix.slice(0, -1)), { recursive: true, force: true });
  }

  #path(key: string): string {
    const parts = key.split('/');
    if (!parts.every((part) => partPattern.test(part))) throw new Error(`No blob key: ${key}`);
    return join(this.#root, ...parts);
  }
}

/** Without this a new name may be lost in a power cut although the file's bytes are not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
