import { existsSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { aFolder } from '../builders/an-engine.ts';
import { blobStoreTests } from './blob-store-tests.ts';

blobStoreTests('FileBlobStore', () => new FileBlobStore(join(aFolder(), 'blobs')));

describe('FileBlobStore', () => {
  it('finds its blobs again in another process', async () => {
    const root = join(aFolder(), 'blobs');
    await new FileBlobStore(root).put('org/a', new Uint8Array([1, 2]));

    expect([...(await new FileBlobStore(root).get('org/a'))]).toEqual([1, 2]);
  });

  it('leaves nothing of a deleted prefix and nothing unfinished on the disk', async () => {
    const root = aFolder();
    const store = new FileBlobStore(root);
    await Promise.all(['a', 'b'].map((key) => store.put(`org/run/${key}`, new Uint8Array(9))));

    expect(globSync('org/run/*', { cwd: root }).toSorted()).toEqual(['org/run/a', 'org/run/b']);
    await store.deleteAll('org/run/');

    expect(existsSync(join(root, 'org/run'))).toBe(false);
  });

  it('does not touch what lies beside its folder', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'secret'), 'x');
    const store = new FileBlobStore(join(folder, 'blobs'));

    await expect(store.get('../secret')).rejects.toThrow('No blob key');
    await expect(store.deleteAll('../secret')).rejects.toThrow('No blob key');

    expect(existsSync(join(folder, 'secret'))).toBe(true);
  });
});
