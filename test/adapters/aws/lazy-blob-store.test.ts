import { describe, expect, it } from 'vitest';
import { lazyBlobStore } from '#adapters/aws/lazy-blob-store.ts';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { aFolder } from '../../builders/an-engine.ts';
import { blobStoreTests } from '../blob-store-tests.ts';

blobStoreTests('lazyBlobStore', () => lazyBlobStore(async () => new FileBlobStore(aFolder())));

describe('a blob store that is loaded when it is used', () => {
  it('is loaded once, and not before', async () => {
    let loads = 0;
    const store = lazyBlobStore(async () => {
      loads += 1;
      return new FileBlobStore(aFolder());
    });
    const before = loads;

    await Promise.all([store.put('a/b', new Uint8Array([1])), store.deleteAll('c/')]);
    const bytes = await store.get('a/b');

    expect([before, loads]).toEqual([0, 1]);
    expect([...bytes]).toEqual([1]);
  });

  it('is loaded again where that failed', async () => {
    let loads = 0;
    const store = lazyBlobStore(async () => {
      loads += 1;
      if (loads === 1) throw new Error('not there');
      return new FileBlobStore(aFolder());
    });

    const first = store.put('a/b', new Uint8Array([1]));
    await expect(first).rejects.toThrow('not there');
    await store.put('a/b', new Uint8Array([1]));

    expect(loads).toBe(2);
  });
});
